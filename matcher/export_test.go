package matcher

// What tests look at beside the exported names.
var (
	Koelner     = koelner
	Similar     = similar
	SameOrigin  = sameOrigin
	CityForm    = cityForm
	CompanyForm = companyForm
	CompanyHost = companyHost
	Skeleton    = skeleton
)

// MaxBlock is how many contacts of a block are looked at.
const MaxBlock = maxBlock
