package privacy

// Censored is a text without names.
func Censored(text string, names ...string) string {
	return newCensor(&Names{Addresses: names}).replace(text)
}

// CensoredPhone is a text without a phone number.
func CensoredPhone(text, phone string) string {
	c := newCensor(&Names{phones: []string{phone}})
	if c == nil {
		return text
	}
	return c.replace(text)
}
