// Package twitterarchive reads tweets in the shape of Twitter's API version 1.1, which archives and
// enterprise captures hold, with the types of dghubble/go-twitter. It reads saved bytes only.
package twitterarchive
