package matcher

import "strings"

// nameGroups are given names of one origin and the short and pet forms people go by, German and
// English. A name may stand in several.
const nameGroups = `
alexander alex alexandra lex xander sascha sandro aleksandr alec sandra
andreas andi andy andrew anders andrea andre drew
anna anne anni annie anja anneliese antje anke annette anka ann hanna nan
anton toni tony anthony antonia
barbara babs baerbel barb bobbie barbie
benjamin ben benni benny benno
bernhard bernd berni bernie bernard
birgit gitte brigitte biggi brigit bridget
carolin caro caroline karoline karolin carolina lina carrie
charlotte lotte charly lottie lotti
christian chris krischan christof christoph christopher kit topher
christine christina christa chrissi tina tine kirsten kerstin kristina kristin chris christel chrissy tina
cornelia conny nele nelly conni connie
daniel dan danny dani daniela danielle
david dave davey davy
dieter didi dietrich diether
dietmar dittmar
dorothea dorothee doro dorothy dora thea dot dottie
eduard edi eddie edward ed ted ned teddy eddy
elisabeth elizabeth lisa lisbeth elsa else elli sissi lisl liesel beth betty liz lizzy lizzie eliza libby elise bettina bess betsy elsbeth ella
emilia emily emmi emma em
erich eric erik
eva evi ev
ferdinand ferdi
florian flo
franz frank franzi franziska francis fran frankie franky frances fanny
friedrich fritz fred fredi frederick frederic frederik freddy friedel freddie
gabriele gabi gaby gabriela gabrielle
georg george schorsch juergen joerg jurgen juerg georgie
gerhard gerd gerry gert
gregor gregory greg
gerald gerry jerry geraldine
guenter guenther gunter gunther
hannelore hanne lore hanna
heinrich heinz heiner henry harry hinnerk hal hank hendrik henrik
helene lena leni helena helen elena nell ellen
helmut helmuth
herbert herb bert
hermann manni herman
hubert hubertus hubsi bert
ingeborg inge inga ingrid
jakob jacob jake jack jac
jan johann johannes hannes hans john jo jon johnny jens jack hansi jonny juan
joachim jochen achim jo jochem
johanna hanna jo joan johanne hanne
jonathan jon jonny nathan
josef joseph sepp joe jupp beppo jo joey jose pepe
julia jule julie juliane juli jules
karl carl charles charlie charly chuck kalle chas charley carlo carlos
katharina kathrin katrin kathi kati kaethe katja katinka kate katie kathy katherine catherine cathy katarina rina kat kitty kay cate cath
klaus niklas nikolaus claus nicolas nicholas nick niko nico klausi nicky nik nikolas claas klaas
konrad conrad conny kurt curt
kunigunde kuni
lars lorenz laurenz lawrence larry laurence laurie lasse
leonhard leo leon leonard lenny len leopold poldi
ludwig lutz louis lui lewis lou luis wiggerl
manfred manni fred manne
margarete grete gretel margret greta margot gitta marga margaret maggie meg peggy marge margie daisy rita margarethe gretchen margit meggie
maria marie mia mary maike marike mitzi mieke marion molly polly may miriam mariechen mareike maren marlene
mark marc markus marcus marco
martin martl marty
martina tina
matthias matze mathias matt matthew mats hias mattes matty
maximilian max maxi maxwell
michael micha michi mike mick mickey michel mikey mitch mikkel
michaela micha michi michelle ela
mohammed mohamed muhammad mohammad mo mehmet ahmed hamid
monika moni monica mona
nicole nicki niki nicky nikki nicola
norbert nobbi norb bert
oliver olli ollie olly
oskar oscar
patricia patty pat trish patti tricia trisha
patrick pat paddy rick
paul pauli paula pauline
peter pit pitt pete petra piet piotr pierre pedro
philipp phil philip philippe pip
rainer reiner
reinhard reinhold
rebecca becky becca rebekka
richard rick dick rich richie ricky ritchie
robert rob bob robbie bobby bert robin bobbie
roland rolf rolli
rolf rudolf rudi ralf ralph rudolph rudy
rosemarie rosi rose romy rosa rosie
rudolf rudi rolf dolf
sabine bine billie biene
samuel sam sammy
samantha sam sammy
sebastian basti bastian seb wastl
siegfried sigi siggi
sigrid sigi siri
simon simone sy
sofia sophie sophia sofie fia
stefan stephan steffen steff steven steve stephen etienne stevie
stefanie steffi stephanie steph steffie
susanne susi sanne susan sue susann suse suzie susanna suzanne susie zuzana
theodor theo ted teddy theodore
theresa resi therese tessa terri teresa tess terry theresia
thomas tom tommy thommy thom
thorsten torsten toto
tobias tobi toby
udo ulrich uli ulli
ulrike uli ulli rike
ursula uschi ursel ulla ursl
uwe uve
valentin vale valentine
veronika vroni vera moni veronica ronnie
victoria vicky viktoria vicki tori vic
vinzenz vincent vince vinnie
volker volkmar
walter waldi walt wally walther
waltraud traudl traude
werner wernher
wilhelm willi willy william bill will billy wim wilfried helm liam willie
wilhelmina minna mina helma wilma
winfried winni fred wilfried
wolfgang wolf wolfi wolle
abigail abby gail
albert al bert albrecht bertie
alfred fred alf alfie
alice ali alicia
allison ali ally alison
amanda mandy
arthur art artie artur
beatrice bea trixie beatrix
bradley brad
cameron cam
cynthia cindy
deborah deb debbie debra
dennis denny
diana di diane
donald don donny donnie
douglas doug
eleanor ellie nell nora eleonore leonore
eugene gene eugen
gwendolyn gwen
harold harry hal harald
isabella bella isa izzy isabelle isabel isabell
jacqueline jackie
james jim jimmy jamie jem
janet jan
jeffrey jeff geoff geoffrey
jennifer jen jenny jenni jenna
jessica jess jessie
joshua josh
judith judy judy
justin jus
kenneth ken kenny
kimberly kim
leslie les
madeline maddie maddy madeleine madelyn
marjorie marge
melissa mel missy lissa
melanie mel
nancy nan
nathaniel nathan nate nat
olivia liv livvy
pamela pam
penelope penny
phyllis phil
priscilla cilla
raymond ray
ronald ron ronnie ronny
russell russ
sarah sara sally sadie
stanley stan
suhas su
sylvia silvia sylvie
tabitha tabby
timothy tim timmy
vanessa nessa
vincent vince
virginia ginny
wesley wes
yvonne vonnie
zachary zach zack
`

// nicknames gives the names that share a group with a name, itself left out.
var nicknames = func() map[string][]string {
	of := make(map[string][]string)
	for line := range strings.Lines(nameGroups) {
		names := strings.Fields(line)
		for _, name := range names {
			for _, other := range names {
				if other != name {
					of[name] = append(of[name], other)
				}
			}
		}
	}
	return of
}()

// sameOrigin says that one of two given names may stand for the other: Bob for Robert, Tom for
// Thomas, and Alex for Alexandra without a table.
func sameOrigin(a, b string) bool {
	for _, other := range nicknames[a] {
		if other == b {
			return true
		}
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 3 && len(b) >= len(a)+2 && b[:len(a)] == a
}
