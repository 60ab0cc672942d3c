package privacy

// Censored is a text without names.
func Censored(text string, names ...string) string { return newCensor(names).replace(text) }
