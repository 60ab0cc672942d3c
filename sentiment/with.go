package sentiment

// With makes a Scorer that reads polarity by a model that is not the embedded one.
func With(polarity *Model) (*Scorer, error) {
	s, err := New()
	if err != nil {
		return nil, err
	}
	s.polarity = polarity
	s.version = versionOf(languageModel, polarity.Bytes())
	return s, nil
}

// Polarity is the model that tells polarity.
func (s *Scorer) Polarity() *Model { return s.polarity }

// Vectors are the model's vectors of the words of the lists, so that training can begin with them.
func (m *Model) Vectors() *Vectors {
	return &Vectors{Dim: m.net.dim, values: append([]float32(nil), m.net.vectors[:m.rows.listed()*m.net.dim]...)}
}
