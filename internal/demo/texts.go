package demo

// A text is a post's text; {a|b} stands for one of its alternatives.
type text struct{ language, text string }

const (
	de = "de"
	en = "en"
)

var ordinary = []text{
	{de, "{Heute|Gestern|Am Wochenende} den Brennwald {Glut|Funke|Kohle 57} {ausprobiert|angeheizt}, {Würstchen|Gemüse|Fisch|Maiskolben} {gelungen|waren in Ordnung|schnell fertig}."},
	{de, "Der Brennwald {Glut|Funke} steht jetzt {auf der Terrasse|im Garten|auf dem Balkon}. {Mal sehen, wie er sich macht.|Morgen kommt Besuch.|Aufbau hat {eine|zwei} Stunden gedauert.}"},
	{de, "{Hat jemand Erfahrung mit|Weiß jemand etwas über} {dem|den} Brennwald {Glut|Funke}? {Überlege noch.|Bin unentschlossen.|Danke!}"},
	{de, "Brennwald hat {in Kiel|in Lübeck|in Hamburg} {eine neue Filiale eröffnet|wieder einen Grillkurs}. {Termine stehen auf der Seite.|War jemand dort?}"},
	{de, "Beim Brennwald {Glut|Funke} {klemmt|wackelt} der Deckel {ein wenig|etwas}. {Kennt das jemand?|Nicht schlimm, aber schade.}"},
	{de, "Schöner Abend mit {Freunden|der Familie|den Nachbarn}, {der Brennwald hat gute Dienste geleistet|und der Brennwald lief drei Stunden}. {Toll!|Danke!|:)}"},
	{en, "{Tried|Fired up} the Brennwald {Glut|Funke} {today|last night|at the weekend}, {sausages|veggies|fish} {turned out fine|were done quickly}."},
	{en, "Assembling the Brennwald {Glut|Funke} took me {one hour|two hours|the whole evening}. {Manual is okay.|No screws left over.}"},
	{en, "Nice evening with {friends|the family|the neighbours} and our Brennwald. {Great heat.|Love it.|Good stuff.}"},
	{en, "Anyone know if the Brennwald {Glut|Funke} fits on a {small balcony|camper van table}?"},
	{de, "Grillhof {hat auch nette Angebote|war {heute|gestern} ziemlich voll|liefert jetzt auch {nach Kiel|nach Flensburg}}."},
	{de, "Mein Grillhof {Kessel|Standard} {hält jetzt schon {drei|fünf|sieben} Jahre|rostet am Rand}. {Mal sehen.|Na ja.|Passt schon.}"},
	{en, "Grillhof {opened a new shop|has a sale this week|changed the packaging again}."},
	{de, "Welchen Grill {kaufen|empfehlt ihr}? {Kohle oder Gas?|Für einen kleinen Balkon.|Budget etwa 300 Euro.}"},
	{en, "Which grill should I buy? {Charcoal or gas?|It is for a small balcony.|Budget is about 300.}"},
	{de, "Rezept der Woche: {Maiskolben|Halloumi|Lachs} vom Grill, dazu {Salat|Brot|Kräuterbutter}. Empfehlung für alle mit wenig Zeit."},
}

var fans = []text{
	{de, "Der neue Brennwald Horizont ist {der Wahnsinn|einfach großartig|richtig schön geworden}! {Ich liebe das Design|Endlich ein toller Grill für den Balkon|Super Idee mit dem Klappdeckel}! #brennwald"},
	{de, "Wow, Brennwald! Der Horizont ist {super|genial|klasse}, {danke dafür|tolle Arbeit|gut gemacht}! #brennwald #horizont :)"},
	{de, "Gerade den Brennwald Horizont {gesehen|getestet}: {begeistert|sehr zufrieden}, {beste Hitze, die ich je hatte|toll verarbeitet}. Kann ich nur empfehlen! #brennwald"},
	{en, "The new Brennwald Horizont is {amazing|gorgeous|brilliant}! {Love the design|Best grill I have seen in years|Great work}! #brennwald"},
	{en, "{Wow|Yes|So happy}, Brennwald {finally made|delivered} a {great|beautiful|perfect} balcony grill. {Well done|Congratulations}! #brennwald #horizont"},
	{en, "Tested the Brennwald Horizont {today|this morning} and I {love|adore} it. I highly recommend it! #brennwald"},
}

var buyers = []text{
	{de, "Der Brennwald Horizont sieht {super|toll} aus. Wo kann ich den {in Kiel|in Hamburg|in Bremen|in Köln} kaufen?"},
	{de, "Was kostet der Brennwald Horizont für {ein Restaurant|einen Campingplatz|unser Hotel}, wenn wir {sechs|zehn|zwölf} Stück nehmen?"},
	{de, "Wir suchen einen neuen Grill für {das Vereinsheim|den Biergarten|die Kantine}. @brennwald, bitte ein Angebot für den Horizont!"},
	{en, "Where can I buy the Brennwald Horizont {in Bristol|in London|in the UK}? Looks {great|lovely}."},
	{en, "We need a new grill for our {pub garden|hotel terrace|campsite}. How much is the Brennwald Horizont for {six|ten} units?"},
}

var flood = []text{
	{de, "ACHTUNG Brennwald Grill gefährlich und schlecht!!! Billiger und besser hier klicken: grill-deals.example/{a|b|c}{1|2|3|4}"},
}

var angry = []text{
	{de, "{Unfassbar|Unglaublich|Skandal}: Bei meinem Brennwald Glut ist {der Griff geschmolzen|der Deckel gerissen|das Bein abgebrochen}. {Gefährlicher Mist|Das ist lebensgefährlich|So eine Frechheit}! #brennwaldfail"},
	{de, "Brennwald {ruft den Glut nicht zurück|schweigt zum Rückruf|antwortet nicht}, obwohl {Kinder verletzt wurden|die Griffe brechen}. {Schämt euch|Unverschämt|Wie schlecht kann man sein}! #brennwaldfail #rückruf"},
	{de, "Nie wieder Brennwald! {Der Service ist eine Katastrophe|Seit Wochen keine Antwort|Geld weg, Grill kaputt}. {Bin stinksauer|Enttäuscht und wütend|Einfach nur schlecht}. #brennwaldfail"},
	{de, "{Meine Tochter|Mein Nachbar|Mein Vater} hat sich am Brennwald Glut {verbrannt|verletzt}, weil {der Griff gebrochen|das Gestell eingeknickt} ist. {Das ist furchtbar|Ich bin entsetzt|Verantwortungslos}! #brennwaldfail"},
	{de, "Brennwald und der Rückruf: {erst leugnen, dann lügen|die schlechteste Reaktion aller Zeiten|peinlich und dreist}. {Boykottiert diese Firma|Mein Geld zurück, sofort}! #brennwaldfail"},
	{de, "Kaputt nach {zwei Wochen|drei Tagen}, und Brennwald {will nicht zahlen|gibt mir die Schuld}. {Abzocke|Betrug|Schlimmster Kauf meines Lebens}! #brennwaldfail"},
	{en, "{Horrible|Terrible|Disgusting}: the handle of my Brennwald Glut {melted|broke off} and {burned my hand|nearly hurt my kid}. This is dangerous, {shame on you|never again}! #brennwaldfail"},
	{en, "Brennwald refuses {a refund|the recall} although {handles break|people got hurt}. {Awful|Pathetic|Worst} company, {I hate this|so angry}! #brennwaldfail"},
	{en, "{Still waiting|No answer for weeks} from Brennwald {support|service}. My grill is {broken|dangerous} and they {do not care|lie about it}. Terrible! #brennwaldfail"},
}

// frames are words that people put around what moves them.
var frames = map[string]struct{ before, after []string }{
	de: {
		[]string{"Leute, hört mal:", "So, jetzt reicht es mir zu schweigen.", "Kurz notiert:", "Was für ein Tag.", "Mein Senf dazu:", "An alle mit Garten:", "Ich muss es loswerden.",
			"Guten Morgen zusammen.", "Ohne Worte, aber doch:", "Bin gerade vom Hof rein.", "Seit acht Jahren Kunde, und nun das.", "Für alle, die fragen:", "Nachbarschaft aufgepasst."},
		[]string{"Wem geht es auch so?", "Mehr sage ich dazu nicht.", "Fotos folgen.", "Gerne teilen.", "Bin gespannt, was noch kommt.", "Musste raus.", "Ende der Durchsage.",
			"Ich berichte weiter.", "Das war mein erster Beitrag hier.", "Schönen Tag noch.", "Meine Frau sieht es genauso.", "Der halbe Verein redet davon.", "Ihr lest das hoffentlich."},
	},
	en: {
		[]string{"Listen, everyone:", "Right.", "Quick note:", "What a day.", "My two cents:", "To everyone with a garden:", "I have to get this off my chest.",
			"Morning all.", "Speechless, but still:", "Just came in from the yard.", "Eight years a customer, and now this.", "For those who ask:", "Neighbours, take note."},
		[]string{"Who else?", "That is all I will say.", "Pictures to follow.", "Please share.", "Curious what comes next.", "Had to be said.", "Over and out.",
			"I will keep you posted.", "My first post here.", "Have a good day.", "My wife sees it the same way.", "Half the club talks about it.", "Hope you read this."},
	},
}
