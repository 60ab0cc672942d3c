package matcher

import "math"

// What is compared with weights that are learnt.
const (
	fieldSurname = iota // of authors who show a person's name
	fieldGiven
	fieldSingle // of authors who show one word
	fieldHandle // of authors who show no surname
	fieldCity
	fieldCompany
	fieldCount
)

// Levels of agreement; 0 says that there is nothing to compare and weighs nothing.
const (
	surnameSame = iota + 1
	surnamePart
	surnameSimilar
	surnameInitial
	surnameOther
)

const (
	givenSame = iota + 1
	givenNick
	givenInitial
	givenSimilar
	givenOther
)

const (
	singleSurname = iota + 1
	singleGiven
	singleOther
	singleCompany // the one is a person, the other the company
	singleIsFirm  // both are the company
)

const (
	handleFull = iota + 1
	handleInitial
	handleSurname
	handleGiven
	handleOther
)

const (
	citySame = iota + 1
	cityInBio
	cityOther
)

const (
	companySame = iota + 1
	companySite
	companyPart
	companyOther
)

const levelCount = 6

// fieldNames are the fields as they are shown.
var fieldNames = [fieldCount]string{"surname", "given name", "shown name", "name in the handle", "city", "company"}

// levelNames are the levels as they are shown.
var levelNames = [fieldCount][levelCount]string{
	{"", "the same", "part of a double name", "similar", "initial", "another"},
	{"", "the same", "short or pet form", "initial", "similar", "another"},
	{"", "is the surname", "is the given name", "another", "a person's and the company's", "is the company's"},
	{"", "given name and surname", "initial and surname", "surname", "given name", "neither"},
	{"", "the same", "named in the profile", "another"},
	{"", "named in the profile", "its site is in the profile", "part of its name in the profile", "another is named"},
}

// A Model is what the matcher holds of authors in general, after Fellegi and Sunter ("A Theory for
// Record Linkage", Journal of the American Statistical Association 64, 1969): how often each level
// of agreement is found where author and contact are one person (m). How often it is found where
// they are not (u) follows from how common the very value is (Winkler, "Frequency-Based Matching
// in Fellegi-Sunter Model of Record Linkage", 2000): a Müller weighs little.
type Model struct {
	Version     string                          `json:"version"`
	Known       float64                         `json:"known"`     // share of authors who are contacts
	Namesakes   float64                         `json:"namesakes"` // share of strangers who bear a contact's name, beside those by chance
	Recycled    float64                         `json:"recycled"`  // share of handles on file that are somebody else's by now
	Heirs       float64                         `json:"heirs"`     // share of those, made of a name, whose new holder bears it
	M           [fieldCount][levelCount]float64 `json:"m"`
	Calibration Calibration                     `json:"calibration"`
	Authors     int                             `json:"authors"` // that it was fitted on
}

// DefaultModel is what is held before anything was learnt.
func DefaultModel() Model {
	return Model{Version: "default-3", Known: 0.2, Namesakes: 0.02, Recycled: 0.0005, Heirs: 0.3, M: [fieldCount][levelCount]float64{
		fieldSurname: {0, 0.85, 0.03, 0.03, 0.05, 0.04},
		fieldGiven:   {0, 0.83, 0.06, 0.05, 0.02, 0.04},
		fieldSingle:  {0, 0.08, 0.60, 0.32},
		fieldHandle:  {0, 0.25, 0.15, 0.08, 0.12, 0.40},
		fieldCity:    {0, 0.72, 0.08, 0.20},
		fieldCompany: {0, 0.66, 0.10, 0.02, 0.22},
	}}
}

// weights are a model's in bits.
type weights struct {
	m        [fieldCount][levelCount]float32
	known    float64 // share of authors who are contacts
	fitted   bool
	namesake float64
	recycled float64
	heirs    float64
}

func (m *Model) weights() (w weights) {
	for f := range m.M {
		for l := 1; l < levelCount; l++ {
			if m.M[f][l] > 0 {
				w.m[f][l] = float32(math.Log2(m.M[f][l]))
			}
		}
	}
	// Who shows an initial, or names a city in the text, does so whoever they are: how often it is done
	// tells nothing, only that it agrees.
	for _, l := range [][2]int{{fieldGiven, givenInitial}, {fieldSurname, surnameInitial}, {fieldCity, cityInBio}} {
		w.m[l[0]][l[1]] = float32(math.Log2(0.9))
	}
	for _, l := range [...]int{handleInitial, handleSurname} {
		w.m[fieldHandle][l] = max(w.m[fieldHandle][l], -1)
	}
	w.m[fieldSingle][singleCompany], w.m[fieldSingle][singleIsFirm] = showsCompany, float32(math.Log2(0.9))
	w.m[fieldCompany][companySite] = float32(math.Log2(m.M[fieldCompany][companySame] + m.M[fieldCompany][companySite]))
	w.known, w.fitted = m.Known, m.Authors > 0
	w.namesake = m.Namesakes
	w.recycled, w.heirs = m.Recycled, m.Heirs
	return w
}

// showsCompany is how many bits speak against a person where the name of their company is shown, or
// against a company where a person's is. It
// is not learnt: the company's accounts agree with all who work there in town and site, and would be
// taken for them. It outweighs a verified page.
const showsCompany = -6

// colleagues is the share of strangers who work where a contact does, beside those by chance, in the
// same town mostly. Their names tell them from the contact, as namesakes are told by the rest.
const colleagues = 0.02

// oneIn is how seldom an author is a given contact, at least, as long as nothing was learnt: of few
// contacts few authors are one.
const oneIn = 4096

// prior is how many bits a contact has before any evidence, one of n.
func (w *weights) prior(n int) float64 {
	known := w.knownOf(n)
	return math.Log2(known / (1 - known) / float64(max(1, n)))
}

func (w *weights) knownOf(n int) float64 {
	if w.fitted {
		return w.known
	}
	return min(w.known, float64(max(1, n))/oneIn)
}

// How common a text is, is counted in the contacts and smoothed, as if so many more people had
// been seen who bear it as often as is usual. Below a floor nothing is that rare.
const (
	smoothNames, smoothPlaces       = 2000, 500
	rareSurname, rareGiven          = 2e-5, 1e-4
	commonSurname, commonGiven      = 2e-3, 3e-3
	rareCity, rareCompany           = 1e-3, 2e-4
	floorName, floorCity, floorSite = 1e-7, 1e-4, 1e-5
)

// commonSurnames are borne by one in five hundred or more.
var commonSurnames = set(`mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schaefer koch bauer richter klein wolf schroeder neumann
schwarz zimmermann braun krueger hofmann hartmann lange schmitt werner krause meier lehmann schmid maier koehler walter mayer huber kaiser fuchs lang
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor moore jackson martin lee
perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker hall
rivera campbell mitchell carter roberts evans patel khan singh`)

func frequency(count float64, total int, smooth, usual, floor float64) float64 {
	return max(floor, (count+smooth*usual)/(float64(total)+smooth))
}

// surnameShare is the share of people with a surname.
func (x *Index) surnameShare(word uint32, text string) float64 {
	usual := rareSurname
	if commonSurnames[text] {
		usual = commonSurname
	}
	n := 0.0
	if word != 0 {
		n = x.words.lasts.expected(int(x.words.asLast[word]))
	}
	return frequency(n, x.size, smoothNames, usual, floorName)
}

func (x *Index) givenShare(word uint32, text string) float64 {
	usual := rareGiven
	if nicknames[text] != nil {
		usual = commonGiven
	}
	n := 0.0
	if word != 0 {
		n = x.words.firsts.expected(int(x.words.asFirst[word]))
	}
	return frequency(n, x.size, smoothNames, usual, floorName)
}

func (x *Index) cityShare(c uint32) float64 {
	return frequency(float64(x.cities.of(c)), x.cities.total, smoothPlaces, rareCity, floorCity)
}

func (x *Index) companyShare(c uint32) float64 {
	return frequency(float64(x.companies.of(c)), x.companies.total, smoothPlaces, rareCompany, floorSite)
}

func (x *Index) hostShare(h uint32) float64 {
	return frequency(float64(x.hosts.of(h)), x.hosts.total, smoothPlaces, rareCompany, floorSite)
}
