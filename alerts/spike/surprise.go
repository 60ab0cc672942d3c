package spike

import "math"

// Surprise is −log10 P(X ≥ x) for a negative-binomial X with that mean and variance
// mean + dispersion·mean² (dispersion 0: Poisson). 6 is once in a million. It is 0 for a count
// that is not above the mean.
func Surprise(x int64, mean, dispersion float64) float64 {
	if float64(x) <= mean || x <= 0 {
		return 0
	}
	mean = max(mean, 1e-9)
	k := float64(x)
	if dispersion*mean < 1e-9 {
		first := k*math.Log(mean) - mean - lgamma(k+1)
		return upperTail(first, func(k float64) float64 { return mean / (k + 1) }, k)
	}
	size := 1 / dispersion
	p := mean / (mean + size)
	first := lgamma(k+size) - lgamma(size) - lgamma(k+1) + size*math.Log1p(-p) + k*math.Log(p)
	return upperTail(first, func(k float64) float64 { return p * (k + size) / (k + 1) }, k)
}

// ShareSurprise is −log10 P(K ≥ k) for k of n people who each do something with probability p.
func ShareSurprise(k, n int64, p float64) float64 {
	if n <= 0 || float64(k) <= float64(n)*p || k > n {
		return 0
	}
	x, total := float64(k), float64(n)
	first := lgamma(total+1) - lgamma(x+1) - lgamma(total-x+1) + x*math.Log(p) + (total-x)*math.Log1p(-p)
	odds := p / (1 - p)
	return upperTail(first, func(k float64) float64 { return odds * (total - k) / (k + 1) }, x)
}

// upperTail sums a distribution from k upwards, given the logarithm of the first term and the
// ratio of the next term to the one at k, which falls with k. It returns −log10 of the sum.
func upperTail(logFirst float64, ratio func(k float64) float64, k float64) float64 {
	const most = 5000 // terms; the rest is bounded by a geometric series
	total, term := 1.0, 1.0
	for range most {
		r := ratio(k)
		term *= r
		total += term
		if term < 1e-9*total {
			return max(0, -(logFirst+math.Log(total))/math.Ln10)
		}
		k++
	}
	if r := ratio(k); r < 1 {
		total += term * r / (1 - r)
	}
	return max(0, -(logFirst+math.Log(total))/math.Ln10)
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
