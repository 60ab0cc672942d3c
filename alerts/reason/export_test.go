package reason

import "slices"

// Sentences are the places of every sentence of a language, sorted.
func Sentences(language string) map[Code][]string {
	all := make(map[Code][]string)
	for code, s := range voices[language].sentences {
		all[code] = slices.Sorted(slices.Values(place.FindAllString(s, -1)))
	}
	return all
}
