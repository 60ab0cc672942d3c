// Package verify asks the outside whether an account is whose it seems: whether a page on a
// contact's file links back to the account with rel=me, and whether a domain that is a Bluesky
// handle names the account.
//
// It contacts strangers' servers, so it trusts nothing of them: https on port 443 only, no address
// but public ones (looked at when the connection is made, after the name was resolved, so that a
// name cannot be public when it is checked and private when it is used), few redirects and none to
// another site, little time and few bytes. What to ask comes from a contact's file, never from a
// post.
package verify
