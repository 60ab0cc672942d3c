package matcher

// rarities is up to how many bearers a name is rare.
const rarities = 40

// A rarity counts how many names so many contacts bear.
type rarity [rarities + 2]int

func (r *rarity) move(from, to int) {
	if 0 < from && from < len(r) {
		r[from]--
	}
	if 0 < to && to < len(r) {
		r[to]++
	}
}

// enoughNames is of how many names the next rarity is worth an estimate.
const enoughNames = 30

// expected is how many of as many other people bear a name that n contacts bear. It is fewer than n,
// for a name is seen because somebody bears it: (n+1)·N(n+1)/N(n), where N(n) names have n bearers
// (Good, "The Population Frequencies of Species and the Estimation of Population Parameters",
// Biometrika 40, 1953).
func (r *rarity) expected(n int) float64 {
	if n < 1 || n > rarities || r[n] < enoughNames {
		return float64(n)
	}
	return min(float64(n), max(0.1, float64(n+1)*float64(r[n+1])/float64(r[n])))
}
