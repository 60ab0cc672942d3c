package alerts

import "math"

// A Voice is what one author said within an incident.
type Voice struct {
	Followers       int64
	Posts           int64
	Negative        int64
	Positive        int64
	Recommendations int64 // posts that recommend
	Complaints      int64 // posts that complain
	Helpful         int64 // positive answers to others
	Engagement      int64 // of the posts, together
	Contact         bool  // the author is a contact
	Bot             bool  // the account declares itself automated
}

// A Proposal is what a company may do about a positive voice.
type Proposal string

// The proposals; the empty one is none.
const (
	Thank    Proposal = "thank"    // answer with thanks
	Advocate Proposal = "advocate" // win them as an advocate of the brand
)

// counted is how many posts of a sort raise the score.
const counted = 3

// Advocacy says how much an author does for the brand. Contacts are proposed first, whatever
// theirs is.
//
//	log10(1 + followers) + log10(1 + engagement) + 2 · recommendations (3 at most) + helpful answers (3 at most)
//
// The logarithms keep one star from outweighing all who help: ten times the followers are worth
// one answer.
func (v *Voice) Advocacy() float64 {
	return math.Log10(1+float64(max(0, v.Followers))) + math.Log10(1+float64(max(0, v.Engagement))) +
		2*float64(min(counted, v.Recommendations)) + float64(min(counted, v.Helpful))
}

// Criticism says how much an author does against the brand.
//
//	log10(1 + followers) + log10(1 + engagement) + 2 · complaints (3 at most) + negative posts (3 at most)
func (v *Voice) Criticism() float64 {
	return math.Log10(1+float64(max(0, v.Followers))) + math.Log10(1+float64(max(0, v.Engagement))) +
		2*float64(min(counted, v.Complaints)) + float64(min(counted, v.Negative))
}

// A Side is where somebody stands who speaks of the brand again and again.
type Side string

// The sides.
const (
	Advocates Side = "advocates"
	Critics   Side = "critics"
)

// Standing ranks who stands on a side: what they do for it, times the part of what they said that is
// on it, (its posts + 1) ÷ (positive + negative + 2), Laplace's rule of succession: who praised once
// is less surely an advocate than who did so ten times. It is 0 for who says as much of the other, and
// for bots.
func (v *Voice) Standing(side Side) float64 {
	does, its, other := v.Advocacy(), v.Positive, v.Negative
	if side == Critics {
		does, its, other = v.Criticism(), v.Negative, v.Positive
	}
	if v.Bot || its <= other {
		return 0
	}
	return does * float64(its+1) / float64(its+other+2)
}

// Proposal proposes thanks for everybody who wrote positively and nothing negative, and an
// advocate where the author is a contact, recommends, or wrote so three times. Bots are proposed
// nothing.
func (v *Voice) Proposal() Proposal {
	switch {
	case v.Bot, v.Positive == 0, v.Negative > 0:
		return ""
	case v.Contact, v.Recommendations > 0, v.Positive >= counted:
		return Advocate
	}
	return Thank
}
