package reason

// A Code names a reason. Codes are kept in the database: they are never renamed.
type Code string

// The codes. What stands behind each are its numbers, and its words in quotation marks.
const (
	Text Code = "text" // a "sentence" of before there were codes

	PeopleNegative  Code = "people_negative"  // people, minutes, usual
	PeoplePositive  Code = "people_positive"  // likewise
	PeopleAll       Code = "people"           // likewise
	Posts           Code = "posts"            // posts, minutes, usual
	ShareNegative   Code = "share_negative"   // part of the increase
	SharePositive   Code = "share_positive"   // likewise
	Polarities      Code = "polarities"       // negative, positive and neutral posts
	Accounts        Code = "accounts"         // accounts that the posts come from
	ByChance        Code = "by_chance"        // days in which it happens once by chance
	SameWords       Code = "same_words"       // part of the posts
	OneAccount      Code = "one_account"      // part of the posts
	YoungAccounts   Code = "young_accounts"   // part of the accounts whose age is known
	Regular         Code = "regular"          // part of the posts
	Networks        Code = "networks"         // "networks"
	NetworkCount    Code = "network_count"    // networks
	DrivenBy        Code = "driven_by"        // "terms"
	ContactOne      Code = "contact_one"      //
	CustomerOne     Code = "customer_one"     //
	Contacts        Code = "contacts"         // contacts
	Customers       Code = "customers"        // contacts, customers
	Reached         Code = "reached"          // people; "network"
	Loud            Code = "loud"             // reach; "network"
	CalmAgain       Code = "calm_again"       //
	HalfPeak        Code = "half_peak"        //
	PeopleNow       Code = "people_now"       // people in an hour, usual, at the peak above it
	PostsNow        Code = "posts_now"        // likewise
	BecameFirestorm Code = "became_firestorm" //
	Unwatched       Code = "unwatched"        //

	Followers    Code = "followers"     // followers
	MayHaveSeen  Code = "may_have_seen" // reach
	Contact      Code = "contact"       // "name"
	Opportunity  Code = "opportunity"   // "name"
	WantsToBuy   Code = "wants_to_buy"  //
	Matches      Code = "matches"       // "query"
	NegativeSeen Code = "negative_seen" // reach
	More         Code = "more"          // further mentions; "rule"
)
