package crm

import (
	"net/url"
	"strings"
	"time"
)

// A Verification is what proves that an account is a contact's, beside what the matcher sees in a
// post: something the network has verified, something we asked, or what the person told us.
type Verification struct {
	ID         string    `json:"id"`
	AuthorID   string    `json:"author_id"`
	ContactID  string    `json:"contact_id"`
	Method     string    `json:"method"`
	Address    string    `json:"address"` // the page or domain that was asked; empty: none
	State      string    `json:"state"`
	Detail     string    `json:"detail"` // what was found, or why nothing was
	CheckedAt  time.Time `json:"checked_at"`
	VerifiedAt time.Time `json:"verified_at"` // last time it held; zero: never
	NextAt     time.Time `json:"next_at"`     // zero: never again
	Failures   int       `json:"failures"`    // in a row
}

// Methods of verification.
const (
	MethodNetworkField  = "network-field"  // the network has verified the contact's page (Mastodon's verified_at)
	MethodRelMe         = "rel-me"         // the contact's page links to the account with rel=me; we asked
	MethodBlueskyHandle = "bluesky-handle" // the contact's domain names the account (_atproto); we asked
	MethodSelfDeclared  = "self-declared"  // the contact said that the account is theirs
	MethodOAuth         = "oauth"          // the contact signed in with the account
)

// States of a verification.
const (
	VerificationPending  = "pending"  // not asked yet, or nobody answered
	VerificationVerified = "verified" // it holds
	VerificationLinked   = "linked"   // the page links to the account, but does not say whose it is
	VerificationFailing  = "failing"  // it held, and the last time it did not, or nobody answered
	VerificationLapsed   = "lapsed"   // it held and does no more: the link went back to review
	VerificationAbsent   = "absent"   // it never held
)

// How often a verification is looked at again.
const (
	recheckVerified = 7 * 24 * time.Hour
	recheckFailing  = 24 * time.Hour
	recheckAbsent   = 30 * 24 * time.Hour
	lapseAbsent     = 2 // times in a row that it was not there
	lapseSilent     = 6 // times in a row that nobody answered, over almost a week
)

// An Outcome is what a check came to.
type Outcome struct {
	Proven  bool
	Linked  bool   // without proof
	Refused bool   // it is not asked, now or later
	Silent  bool   // nobody answered
	Detail  string // in words
}

// after is the verification after a check. One that held gets a second chance when it is not there,
// and more when nobody answers: pages move, servers rest.
func (v Verification) after(o Outcome, now time.Time) Verification {
	held := v.State == VerificationVerified || v.State == VerificationFailing
	v.CheckedAt, v.Detail = now, cut(o.Detail, maxReason)
	if o.Proven {
		v.State, v.VerifiedAt, v.Failures, v.NextAt = VerificationVerified, now, 0, now.Add(recheckVerified)
		return v
	}
	v.Failures++
	switch {
	case held && !o.Refused && v.Failures < map[bool]int{true: lapseSilent, false: lapseAbsent}[o.Silent]:
		v.State, v.NextAt = VerificationFailing, now.Add(recheckFailing)
	case held:
		v.State, v.NextAt = VerificationLapsed, now.Add(recheckVerified)
	case o.Refused:
		v.State, v.NextAt = VerificationAbsent, time.Time{}
	case o.Silent:
		v.NextAt = now.Add(min(time.Hour<<min(v.Failures-1, 10), recheckAbsent)) // longer and longer
	case v.State == VerificationLapsed:
		v.NextAt = now.Add(recheckAbsent)
	case o.Linked:
		v.State, v.NextAt = VerificationLinked, now.Add(recheckAbsent)
	default:
		v.State, v.NextAt = VerificationAbsent, now.Add(recheckAbsent)
	}
	return v
}

// A claim is a pair of account and contact that may be verified, with what is on file.
type claim struct {
	authorID, contactID string
	network             string
	handle, profile     string   // of the account
	page                string   // the contact's own
	last, company       string   // the contact's last name and company
	mail                string   // the contact's e-mail address
	shared              bool     // other contacts have the same page
	verified            []string // pages the network has verified for the account
}

// methods are the checks that a claim allows. Only what is on the contact's file is asked: the page,
// and a domain where it is the page's.
func (c *claim) methods() (methods []string) {
	page, err := url.Parse(c.page)
	if err != nil || page.Host == "" || !c.personal(page) {
		return nil
	}
	for _, v := range c.verified {
		if samePage(v, c.page) {
			methods = append(methods, MethodNetworkField)
			break
		}
	}
	if page.Scheme == "https" && c.profile != "" {
		methods = append(methods, MethodRelMe)
	}
	if c.network == "bluesky" && c.handle != "" && strings.EqualFold(c.handle, pageHost(page)) && strings.Trim(page.Path, "/") == "" {
		methods = append(methods, MethodBlueskyHandle)
	}
	return methods
}

// personal says that a page is the person's and not the company's, which would prove the company only:
// it bears their last name, or nothing of the company, and nobody else has it on file.
func (c *claim) personal(page *url.URL) bool {
	if c.shared {
		return false
	}
	squeeze := strings.NewReplacer("-", "", "_", "", ".", "", "/", "", " ", "")
	address := squeeze.Replace(foldKey(pageHost(page) + page.Path))
	if last := squeeze.Replace(foldKey(c.last)); len(last) >= 3 && strings.Contains(address, last) {
		return true
	}
	_, domain, _ := strings.Cut(strings.ToLower(c.mail), "@")
	words := strings.Fields(foldKey(c.company))
	return domain != pageHost(page) && (len(words) == 0 || len(words[0]) < 4 || !strings.Contains(squeeze.Replace(foldKey(pageHost(page))), squeeze.Replace(words[0])))
}

func pageHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// samePage compares addresses as people write them: without scheme, www. and a slash at the end.
func samePage(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.Host != "" && pageHost(ua) == pageHost(ub) &&
		strings.TrimRight(ua.EscapedPath(), "/") == strings.TrimRight(ub.EscapedPath(), "/") && ua.RawQuery == ub.RawQuery
}
