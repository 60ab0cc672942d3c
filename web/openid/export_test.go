package openid

// IdentityOf reads claims.
var IdentityOf = identityOf
