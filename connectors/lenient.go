package connectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Unmarshal reads JSON of a network. A single field of another type than documented is left empty
// rather than refusing the whole: the checks of the event catch what matters.
func Unmarshal(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return nil
	case errors.As(err, &wrongType):
		return fmt.Errorf("want an object, not a JSON %s", wrongType.Value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("malformed JSON at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("malformed JSON: %w", err)
}

// AppendOnce appends a word that is not empty and not in the list yet.
func AppendOnce(list []string, word string) []string {
	if word == "" || slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}
