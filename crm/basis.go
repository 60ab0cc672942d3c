package crm

import "slices"

// A Basis is what makes it lawful to link an account to a contact (GDPR Art. 6), in a form that
// also answers X's rule on matching off X: only with the person's consent, or on what they gave us
// or made public themselves (docs/review.md).
type Basis string

// The bases, and what a link rests on in each.
const (
	BasisConsent  Basis = "consent"             // Art. 6(1)(a): they agreed to the link
	BasisContract Basis = "contract"            // Art. 6(1)(b): a contract with them needs it
	BasisGiven    Basis = "given"               // Art. 6(1)(f): they gave us the account, or said that it is theirs
	BasisPublic   Basis = "made-public"         // Art. 6(1)(f): they made the connection public: a verified page, their own domain
	BasisInterest Basis = "legitimate-interest" // Art. 6(1)(f): concluded from what is public of the account and on file of the contact
)

// Bases are all there are.
var Bases = []Basis{BasisConsent, BasisContract, BasisGiven, BasisPublic, BasisInterest}

// ParseBasis reads a basis.
func ParseBasis(s string) (Basis, error) {
	if slices.Contains(Bases, Basis(s)) {
		return Basis(s), nil
	}
	return "", invalid("basis", "%q is not one of consent, contract, given, made-public, legitimate-interest", s)
}
