package main

import (
	"fmt"
	"io"
	"time"

	"github.com/groundswell/groundswell/matcher"
)

// print puts out the figures.
func (s *matchScore) print(w io.Writer, _ time.Duration) {
	fmt.Fprintf(w, "authors            %d: %d linked automatically, %d for review, %d neither\n", s.authors, s.automatic, s.review, s.authors-s.automatic-s.review)
	if s.capped > 0 {
		fmt.Fprintf(w, "capped             %d authors bear a name of more contacts than are looked at; those left out share the probability\n", s.capped)
	}
	for _, threshold := range []float64{0.3, 0.5, 0.9, 0.985, 0.999} {
		precision, n := matcher.ExpectedPrecision(s.expected, threshold)
		if n > 0 {
			fmt.Fprintf(w, "from %-5v         %d links, expected precision %.4f\n", threshold, n, precision)
		}
	}
	if s.truth == nil {
		return
	}
	fmt.Fprintf(w, "known authors      %d, of whom %d can be identified: by proof, or by a surname that agrees and %d bits beside the name\n", s.known, s.identifiable, leastBeyond)
	fmt.Fprintf(w, "precision          %s of the automatic links are right\n", share(s.right, s.automatic))
	fmt.Fprintf(w, "recall             %s of the known authors are linked automatically, %s with review\n", share(s.right, s.known), share(s.reached, s.known))
	fmt.Fprintf(w, "coverage           %s of those who can be identified\n", share(s.rightOfThose, s.identifiable))
	fmt.Fprintf(w, "on top             %s of the known authors have the right contact first\n", share(s.top, s.known))
	fmt.Fprintf(w, "strangers          %s linked automatically\n", share(s.linkedStrangers, s.strangers))
	fmt.Fprintf(w, "blocking recall    %s of those who can be identified, %s of all known\n", share(s.candidatesOfThose, s.identifiable), share(s.candidates, s.known))
	fmt.Fprintf(w, "calibration error  %.4f\n", matcher.CalibrationError(s.labels))
	for _, b := range matcher.Bands(s.labels, 0.3, 0.5, 0.7, 0.9, 0.985, 0.999) {
		if b.Count > 0 {
			fmt.Fprintf(w, "  %.3f to %.3f  %7d links, said %.4f, right %.4f\n", b.From, b.To, b.Count, b.Said, float64(b.Right)/float64(b.Count))
		}
	}
}

// share is a part of a whole, with the numbers it is made of.
func share(part, whole int) string {
	if whole == 0 {
		return "none of 0"
	}
	return fmt.Sprintf("%.4f (%d of %d)", float64(part)/float64(whole), part, whole)
}
