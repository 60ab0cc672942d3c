package crm

import (
	"encoding/base64"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 50
	maxLimit     = 500
	chunk        = 200 // values in one IN list
)

// pageSize bounds what a caller asks for; zero asks for the default.
func pageSize(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// encodeCursor packs where a page ended. Callers treat it as opaque.
func encodeCursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00")))
}

func decodeCursor(cursor string, parts int) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	fields := strings.Split(string(raw), "\x00")
	if err != nil || len(cursor) > 4096 || len(fields) != parts {
		return nil, invalid("cursor", "is not one this list gave out: start again without it")
	}
	return fields, nil
}

// timeCursor is a cursor of lists in the order of time.
func timeCursor(at time.Time, id string) string {
	return encodeCursor(strconv.FormatInt(at.UnixMilli(), 10), id)
}

func decodeTimeCursor(cursor string) (ms int64, id string, err error) {
	fields, err := decodeCursor(cursor, 2)
	if err != nil {
		return 0, "", err
	}
	if ms, err = strconv.ParseInt(fields[0], 10, 64); err != nil {
		return 0, "", invalid("cursor", "is not one this list gave out: start again without it")
	}
	return ms, fields[1], nil
}

// chunks cuts the values of an IN list into parts that a statement can hold.
func chunks[T any](all []T) iter.Seq[[]T] { return slices.Chunk(all, chunk) }
