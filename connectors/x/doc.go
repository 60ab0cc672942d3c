// Package x reads posts of X (formerly Twitter) in the shape of its API version 2: response pages,
// filtered-stream lines and the captures that twarc writes. It reads saved bytes only and opens no
// connection; docs/networks/x.md says what is read.
package x
