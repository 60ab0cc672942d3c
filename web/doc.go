// Package web is what people and programs see of Groundswell over HTTP: the REST API under
// /api/v1 with its OpenAPI document, the live feed, signed hooks, health, metrics and the built
// UI, on one listener.
//
// A noun has one file, named as in crm and listening: it holds the JSON shape, the operations and
// what they compose. error.go alone turns errors into responses. Post text is hostile everywhere:
// it leaves as JSON, and every response forbids the browser to take it for anything else.
package web
