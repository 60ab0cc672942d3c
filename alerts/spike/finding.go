package spike

// The thresholds. They are one fixed set for every monitor: what differs between monitors is
// what is usual for them (Baseline).
const (
	// Usual is the surprise from which a count is no accident: once in 300,000 windows.
	Usual = 5.5

	shareAlarm    = 3.2  // surprise of the part that writes so, against the usual part
	peopleFloor   = 5    // people in a window, below which nothing is an incident
	volumeFloor   = 15   // people, for volume alone
	floodFloor    = 20   // posts, for a flood
	floodCrowd    = 15   // people in a crowd beside a flood
	coldFloor     = 20   // people, while nothing is known
	coldShare     = 0.6  // part of all people, while nothing is known
	excessShare   = 0.4  // part of the increase that must be of the polarity …
	shareBeyond   = 0.2  // … and by how much more than usual, over three hours
	crowdEach     = 2.0  // posts of each author from which a crowd is no crowd
	knownEach     = 1.8  // likewise for a small crowd whose people are known
	floodEach     = 4.0  // posts of each author from which it is a flood
	duplicateMost = 0.5  // near-duplicates from which a crowd is one text
	topAuthorMost = 0.33 // posts of one author from which a crowd is one account
	volumeMargin  = 2.0  // by how much the surprise of volume must exceed others'
)

// A finding is a window in which something is not usual.
type finding struct {
	kind     Kind
	minutes  int64   // length of the window
	count    int64   // people (coordinated: posts)
	usual    float64 // count that would have been usual
	share    float64 // part of the increase that is of the polarity
	surprise float64
	all      Cell // the whole window
}

// of says whose count the kind follows.
func of(kind Kind) stream {
	switch kind {
	case Firestorm:
		return negativeAuthors
	case Praise:
		return positiveAuthors
	case Volume:
		return allAuthors
	default:
		return allPosts
	}
}

// crowd looks for many people of one polarity: a firestorm, or praise. counted is their number
// where it is better known than from the cells; −1 otherwise. alarm is the surprise it takes.
func (b *Baseline) crowd(kind Kind, w *window, counted int64, alarm float64) (finding, bool) {
	f := finding{kind: kind, minutes: w.minutes, all: w.Cell, count: w.count(of(kind))}
	everybody := w.Authors
	if counted >= 0 && counted < f.count {
		everybody -= f.count - counted
		f.count = counted
	}
	if f.count < b.floor() {
		return f, false
	}
	var spread float64
	if f.usual, spread = b.usual(of(kind), w); float64(f.count) <= f.usual {
		return f, false
	}
	if counted < 0 && b.loud(kind, w) || counted >= 0 && float64(ofPolarity(kind, w)) >= knownEach*float64(f.count) && f.count < floodCrowd {
		return f, false
	}
	people, _ := b.usual(allAuthors, w)
	increase := float64(f.count) - f.usual
	f.share = min(1, increase/max(increase, float64(everybody)-people, 1))
	if f.share < excessShare || b.bare() && float64(f.count) < coldShare*float64(everybody) {
		return f, false
	}
	if !b.bare() && ShareSurprise(f.count, max(everybody, f.count), b.usualShare(of(kind))) < shareAlarm {
		return f, false
	}
	f.surprise = Surprise(f.count, f.usual, spread)
	return f, f.surprise >= alarm
}

// lasting says that of the increase in three hours, too, enough is of the polarity, and clearly more
// than usual: in the course of news, which lasts for hours, some minutes are so by chance.
func (b *Baseline) lasting(kind Kind, w *window) bool {
	if b.bare() {
		return true
	}
	usual, _ := b.usual(of(kind), w)
	people, _ := b.usual(allAuthors, w)
	least := max(excessShare, b.usualShare(of(kind))+shareBeyond)
	return float64(w.count(of(kind)))-usual >= least*(float64(w.Authors)-people)
}

// loud says that a few accounts write most of it: of the polarity, or of what is more than usual.
func (b *Baseline) loud(kind Kind, w *window) bool {
	if posts := ofPolarity(kind, w); float64(posts) >= crowdEach*float64(w.count(of(kind))) {
		return true
	}
	usualPosts, _ := b.usual(allPosts, w)
	usualPeople, _ := b.usual(allAuthors, w)
	return float64(w.Posts)-usualPosts >= crowdEach*max(1, float64(w.Authors)-usualPeople)
}

// ofPolarity is how many posts are of the kind's polarity.
func ofPolarity(kind Kind, w *window) int64 {
	if kind == Praise {
		return w.Positive
	}
	return w.Negative
}

// flood looks for posts that come from few accounts.
func (b *Baseline) flood(w *window, alarm float64) (finding, bool) {
	f := finding{kind: Coordinated, minutes: w.minutes, all: w.Cell, count: w.Posts}
	if f.count < floodFloor || b.Cold() && f.count < 2*coldFloor {
		return f, false
	}
	var spread float64
	f.usual, spread = b.usual(allPosts, w)
	people, _ := b.usual(allAuthors, w)
	increase := float64(f.count) - f.usual
	if increase < floodEach*max(1, float64(w.Authors)-people) {
		return f, false
	}
	f.surprise = Surprise(f.count, f.usual, spread)
	return f, f.surprise >= alarm
}

// volume looks for many people, whatever they think. What stands out among hours alike cannot be
// told before a day of them is known; where there are not even peers, a crowd that it begins with must
// at least not teach.
func (b *Baseline) volume(w *window, alarm float64) (finding, bool) {
	f := finding{kind: Volume, minutes: w.minutes, all: w.Cell, count: w.Authors}
	if f.count < volumeFloor || b.Cold() && (b.Peers != nil || f.count < 2*coldFloor) {
		return f, false
	}
	var spread float64
	if f.usual, spread = b.level(allAuthors, w); float64(f.count) <= f.usual {
		return f, false
	}
	f.surprise = Surprise(f.count, f.usual, spread)
	return f, f.surprise >= max(alarm+volumeMargin, b.Surge.height())
}

// stronger picks the window with the larger surprise of the two lengths.
func (r *run) stronger(look func(*window, float64) (finding, bool)) (finding, bool) {
	a, inShort := look(&r.short, r.alarm)
	b, inLong := look(&r.long, r.alarm)
	if inShort && (!inLong || a.surprise >= b.surprise) {
		return a, true
	}
	return b, inLong
}
