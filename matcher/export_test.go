package matcher

// What tests look at beside the exported names.
var (
	Koelner     = koelner
	Similar     = similar
	SameOrigin  = sameOrigin
	CityForm    = cityForm
	CompanyHost = companyHost
	Skeleton    = skeleton
)
