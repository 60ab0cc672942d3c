package people

import "strings"

// Names are in the order of how common they are; a Zipf law draws from them.
var (
	firstDE = strings.Fields(`Thomas Michael Andreas Peter Stefan Christian Martin Anna Julia Frank Maria Sabine Susanne Petra Claudia Markus Daniel
Alexander Katrin Nicole Sandra Stefanie Wolfgang Klaus Jürgen Jan Sebastian Tobias Matthias Andrea Christine Birgit Karin Monika Ursula Bernd Uwe
Jörg Florian Lukas Felix Jonas Leon Lena Laura Sarah Lisa Katharina Kathrin Melanie Anja Heike Silke Tanja Simone Martina Gabriele Angelika Renate
Hans Werner Dieter Manfred Helmut Gerhard Günter Ralf Dirk Sven Kai Oliver Marco Marcel Dennis Benjamin Philipp Patrick Maximilian Simon David
Paul Johannes Moritz Tim Niklas Fabian Jonathan Elias Emma Mia Hannah Sophie Marie Charlotte Johanna Clara Amelie Greta Ida Frieda Mathilda Antonia
Franziska Theresa Elisabeth Eva Barbara Cornelia Kerstin Antje Britta Ute Ulrike Doris Helga Ingrid Gisela Brigitte Christa Hannelore Waltraud
Friedrich Heinrich Georg Karl Otto Ludwig Konrad Anton Rolf Holger Thorsten Torsten Carsten Karsten Lars Nils Björn Olaf Volker Axel Achim Norbert
Mehmet Aylin Mustafa Fatma Ali Ayşe Emre Zeynep Piotr Agnieszka Olga Natalia Dmitri Irina Giovanni Francesca Milan Jelena Nguyen Ahmed Layla
Hans-Peter Karl-Heinz Anna-Lena Ann-Kathrin Hans-Jürgen Eva-Maria Jan-Philipp Marie-Luise Klaus-Dieter Anne-Marie Wiebke Swantje Hauke Rüdiger
Götz Sönke Dörte Käthe Jürg Reto Urs Beat Regula Ursina Leopold Valentin Severin Kilian Korbinian Xaver Alois Sepp Vinzenz Quirin Ottilie`)
	lastDE = strings.Fields(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder
Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann
König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth
Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel
Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer
Yılmaz Kaya Demir Nowak Kowalski Novak Horvat Petrović Ivanov Rossi Nguyen Ernst Lindner Hübner Kramer Franz Beyer Haase Hesse Böttcher Kuhlmann
Ebert Paul Götz Barth Ritter Rieger Thiel Brinkmann Kirchner Ullrich Moser Brunner Steiner Gruber Wimmer Lechner Zbinden Aebischer Rüegg Bühler`)
	firstEN = strings.Fields(`James John Robert Michael William David Richard Joseph Thomas Charles Mary Patricia Jennifer Linda Elizabeth Barbara Susan
Jessica Sarah Karen Christopher Daniel Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Timothy Ronald Edward Jason
Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Emily Emma Olivia Ashley Kimberly
Margaret Sandra Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Helen Amy Angela Katherine Nicole Rachel Catherine Victoria Grace
Liam Chloe Jack Oliver Harry Charlie Poppy Isla Freya Priya Raj Mohammed Aisha Wei Mei Siobhan Niamh Eoin Callum Hamish Imogen Nigel Gareth`)
	lastEN = strings.Fields(`Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Wilson Anderson Thomas Taylor Moore Jackson Martin
Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Hall Campbell Mitchell Carter Roberts
Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Reed Bailey Bell Kelly Howard Ward Cox Patel Khan
Singh Richardson Watson Brooks Bennett Gray Hughes Price Foster Sanders Ross Long Fletcher Shaw Ellis Doyle O'Brien O'Neill McCarthy MacDonald`)
	stemsDE = strings.Fields(`Acker Ahl Alt Auer Bach Birk Blum Brand Buch Burg Dorn Eich Eber Eis Erl Falk Feld Fried Gold Grün Gut Haber Hag Hart Hasel
Heid Her Hirsch Hoch Hof Holz Hopf Isen Kalt Kern Kirch Kling Korn Kreuz Lamm Land Lauter Leim Lind Loh Mark Matt Moos Mühl Nagel Neu Nieder Nuss Ober
Oster Pfann Rauh Reb Reich Ried Ros Rot Salz Sand Schell Schlag Schön See Sieg Sonn Span Stad Stahl Stock Stolz Straß Strom Tann Teich Thal Unter
Wald Wasser Weid Wein Weiß Wend West Wies Wild Winz Wohl Zell Zieg`)
	tailsDE = strings.Fields(`mann berger bauer meier maier meyer hofer ner huber egger inger stein thaler bach berg burg dorf feld gruber hausen heimer
hardt ke kamp ling müller moser reiter reuter rich rath schmid städter wald wig winkler zeller brink acker brunner bichler lechner leitner lehner auer`)
	stemsEN = strings.Fields(`Ash Ayl Bar Beck Black Brad Bram Brent Buck Burn Cald Carl Chad Clay Clif Col Crof Dal Den Drax Dun Eas Ed El Fair Far Fen Gil
Glas Graf Hal Ham Har Hath Haw Hols Hux Kel Kirk Lang Law Leigh Lin Lock Mar Mel Mid Mor New Nor Oak Ock Pem Pres Rad Rush Shel Sher Stan Stap Sut
Thorn Til Wal War Wel Whit Win Wood Wool`)
	tailsEN   = strings.Fields(`ton ley field worth ford ham wood well bury don by combe croft dale den gate grave hurst ington low man more ridge shaw side stead stone ward wick yard`)
	particles = []string{"von", "van", "de", "von der", "vom", "zu"}
)

// nicks are short and pet forms that people go by.
var nicks = map[string][]string{
	"Thomas": {"Tom", "Tommy"}, "Michael": {"Micha", "Michi", "Mike"}, "Andreas": {"Andi", "Andy"}, "Stefan": {"Steff"}, "Christian": {"Chris"},
	"Alexander": {"Alex"}, "Katharina": {"Kathi", "Käthe", "Kati"}, "Kathrin": {"Kati"}, "Stefanie": {"Steffi"}, "Sebastian": {"Basti"}, "Tobias": {"Tobi"},
	"Susanne": {"Susi", "Sanne"}, "Wolfgang": {"Wolf"}, "Matthias": {"Matze"}, "Elisabeth": {"Lisa", "Lisbeth", "Sissi"}, "Johannes": {"Hannes", "Jo"},
	"Benjamin": {"Ben", "Benni"}, "Philipp": {"Phil"}, "Maximilian": {"Max"}, "Niklas": {"Nik"}, "Franziska": {"Franzi"}, "Theresa": {"Resi"},
	"Friedrich": {"Fritz"}, "Heinrich": {"Heinz", "Heiner"}, "Gabriele": {"Gabi"}, "Angelika": {"Geli"}, "Barbara": {"Babs"}, "Cornelia": {"Conny"},
	"Ulrike": {"Uli"}, "Hannelore": {"Hanne"}, "Manfred": {"Manni"}, "Helmut": {"Helli"}, "Charlotte": {"Lotte"}, "Jonathan": {"Jonny"},
	"James": {"Jim", "Jimmy"}, "Robert": {"Bob", "Rob", "Bobby"}, "William": {"Bill", "Will"}, "Richard": {"Dick", "Rick"}, "Joseph": {"Joe"},
	"Charles": {"Charlie", "Chuck"}, "Patricia": {"Pat", "Trish"}, "Jennifer": {"Jen", "Jenny"}, "Elizabeth": {"Liz", "Beth", "Betty"},
	"Christopher": {"Chris"}, "Daniel": {"Dan"}, "Matthew": {"Matt"}, "Anthony": {"Tony"}, "Steven": {"Steve"}, "Andrew": {"Andy", "Drew"},
	"Joshua": {"Josh"}, "Kenneth": {"Ken"}, "Timothy": {"Tim"}, "Edward": {"Ed", "Ted"}, "Jeffrey": {"Jeff"}, "Nicholas": {"Nick"}, "Samuel": {"Sam"},
	"Gregory": {"Greg"}, "Kimberly": {"Kim"}, "Margaret": {"Maggie", "Meg"}, "Deborah": {"Deb"}, "Rebecca": {"Becky"}, "Katherine": {"Kate", "Katie"},
	"Victoria": {"Vicky"}, "Thorsten": {"Toto"}, "Ludwig": {"Lutz"}, "Georg": {"Schorsch"}, "Anton": {"Toni"}, "Valentin": {"Vale"},
}

var (
	citiesDE = strings.Fields(`Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Wien Zürich
Duisburg Bochum Wuppertal Bielefeld Bonn Münster Mannheim Karlsruhe Augsburg Wiesbaden Mönchengladbach Braunschweig Kiel Chemnitz Aachen Halle Magdeburg
Freiburg Krefeld Mainz Lübeck Erfurt Rostock Kassel Graz Basel Bern Linz Salzburg Hagen Potsdam Saarbrücken Hamm Ludwigshafen Oldenburg Mülheim
Osnabrück Leverkusen Heidelberg Solingen Darmstadt Herne Neuss Regensburg Paderborn Ingolstadt Würzburg Fürth Ulm Heilbronn Offenbach Wolfsburg
Göttingen Bottrop Reutlingen Erlangen Koblenz Bremerhaven Jena Trier Recklinghausen Siegen Moers Salzgitter Gütersloh Hildesheim Hanau Cottbus Kaiserslautern
Schwerin Witten Gera Esslingen Iserlohn Düren Flensburg Ratingen Tübingen Lünen Villingen Konstanz Marl Worms Minden Dessau Velbert Norderstedt Bamberg
Delmenhorst Marburg Viersen Rheine Gladbeck Lüneburg Wilhelmshaven Troisdorf Bayreuth Dorsten Detmold Landshut Arnsberg Castrop Brandenburg Aschaffenburg
Bocholt Lippstadt Celle Dinslaken Kempten Aalen Fulda Plauen Neuwied Weimar Rosenheim Sindelfingen Wetzlar Stralsund Friedrichshafen Offenburg Görlitz
Innsbruck Winterthur Luzern Villach Klagenfurt Gummersbach Husum Meppen Buxtehude Ravensburg Passau Straubing Speyer Hameln Goslar Peine Nordhorn Emden`)
	citiesEN = strings.Fields(`London Birmingham Manchester Leeds Glasgow Liverpool Bristol Sheffield Edinburgh Cardiff Belfast Leicester Nottingham Southampton
Boston Chicago Seattle Denver Austin Dallas Houston Phoenix Portland Atlanta Toronto Vancouver Dublin Sydney Melbourne Auckland Oxford Cambridge York Bath`)
	branchesDE = strings.Fields(`Maschinenbau Logistik Software Bau Elektrotechnik Pharma Hausverwaltung Consulting Medien Druck Energie Metallbau Spedition Textil
Lebensmittel Möbel Sanitär Verlag Werkzeuge Systemhaus Gartenbau Steuerberatung Automobile Optik Catering Versicherungen Chemie Solar Verpackungen Touristik`)
	branchesEN = strings.Fields(`Engineering Logistics Software Construction Electronics Pharma Estates Consulting Media Print Energy Metals Freight Textiles Foods Furniture Plumbing Press Tools Systems`)
	formsDE    = strings.Fields("GmbH GmbH GmbH AG KG e.K. UG SE OHG")
	formsEN    = strings.Fields("Ltd Ltd Inc LLC plc")
	pseudonyms = strings.Fields(`Sonnenschein Nachteule Krümelmonster Wolkenkuckuck Bergfex Kaffeetante Datenpirat Pixelheld Waldfee Grantler Mondkind Lebkuchen Zimtstern Tintenfisch
Fuchsbau Schnuffel Hasenfuss Motte Strolch Wirbelwind Sunshine NightOwl CoffeeAddict PixelPirate Moonchild CatLady Gamer Wanderer Storm Shadow Phoenix Raven Ghost Nomad Rebel Dreamer`)
	pastimesDE = []string{"Kaffee und Katzen", "Läuft gern", "Vater von zwei", "liest zu viel", "Fußball, Bier, Grill", "hier privat", "Meinung ist meine", "Hobbyfotograf", "Tatort am Sonntag", "Rennrad & Berge"}
	pastimesEN = []string{"coffee and cats", "views my own", "dad of two", "runner", "reads too much", "football mad", "amateur baker", "here for the memes", "she/her", "tweets about trains"}
	rolesDE    = []string{"Einkauf", "Vertrieb", "Projektleiterin", "Geschäftsführer", "Marketing", "Entwickler", "Personal", "Head of Sales", "Buchhaltung"}
	rolesEN    = []string{"Buyer", "Sales", "Engineer", "Founder", "Marketing lead", "Head of HR", "Consultant"}
	nowhere    = []string{"Deutschland", "Germany", "überall", "Erde", "zwischen den Stühlen", "🌍", "NRW", "Bayern", "Europe", "UK", "planet earth", "im Norden"}
)
