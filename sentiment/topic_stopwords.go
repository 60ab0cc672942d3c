package sentiment

import "strings"

// stopWords are what people say about anything, in English and German; no text is about them.
var stopWords = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`
		about after again all also always and another any are aren back because been before being but
		can cannot come could did didn does doesn doing don down even ever every few for from get gets
		getting give going got had has have haven having her here him his how into isn its just know
		last let like made make many may maybe more most much must never new not nothing now off one
		only other our out over own people please really right same say says see she should since some
		something still such sure take than that the their them then there these they thing think this
		those though time today too two under until use very want was wasn way well were weren what
		when where which while who why will with won would yes yet you your
		thanks thank thx please pls plz sorry hey hello hrs mins lol lot guys
		aber alle allem allen aller alles als also auch auf aus bei beim bin bis bist bitte da dabei
		damit dann darf das dass dein deine dem den denn der des dich die dies diese diesem diesen
		dieser dieses dir doch dort durch echt ein eine einem einen einer eines einfach einmal endlich
		erst etwas euch euer eure für ganz gar geht gegen gerade gibt habe haben habt hab hat hatte
		hatten heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer ins ist jede
		jedem jeden jeder jedes jetzt kann kannst kein keine keinem keinen keiner können könnt machen
		macht mal man mehr mein meine meinem meinen meiner mich mir mit muss müssen nach nein nicht
		nichts nie noch nun nur oder ohne schon sehr seid sein seine seinem seinen seiner seit sich
		sie sind sogar soll sollte sonst über und uns unser unsere unter vom von vor war waren warum
		was weg weil weiter welche wenn wer werde werden wie wieder will wir wird wirklich wirst woll
		worden wurde wurden würde zum zur zwei zwischen hallo moin danke dank gruß grüße uhr leute`) {
		set[w] = true
	}
	return set
}()
