package spike

// grade is the severity of an incident on the Shitstorm-Skala of Barbara Schwede and Daniel Graf
// (2012), which runs like the wind's, from 0 (calm, no criticism) to 6 (hurricane, a snowball of
// outrage over all media). Its levels are described in words; the figures are this rule's:
//
//	0  no criticism: praise, and volume without a polarity
//	1  single critics without echo: below what opens an incident
//	2  repeated criticism, weak reaction: from 5 people in the busiest hour; coordinated floods,
//	   which few people stand behind, end here
//	3  lasting criticism, growing reaction: from 15
//	4  a protest forms: from 50
//	5  the protest is a movement: from 200
//	6  out of control: from 1,000
//
// One level more when it has spread over three networks or more and stands at 3 or higher, for
// the scale's upper levels are those that cross channels; one less, but never below 2, when that
// hour was less than four times the usual one, for then the brand knows such criticism.
func grade(kind Kind, people int64, usual float64, networks int) int {
	switch kind {
	case Praise, Volume:
		return 0
	case Coordinated:
		return 2
	}
	level := 2
	for _, from := range []int64{15, 50, 200, 1000} {
		if people >= from {
			level++
		}
	}
	if networks >= 3 && level >= 3 {
		level++
	}
	if float64(people) < 4*usual && level > 2 {
		level--
	}
	return min(level, 6)
}

// grade is the severity that the incident's busiest hour has come to, by what is known of it now.
func (t *Track) grade() int {
	return grade(t.Kind, int64(float64(t.People)*t.Genuine+0.5), t.Usual, t.Networks)
}

// regrade raises the severity to what the incident has become; it never falls.
func (t *Track) regrade() { t.Severity = max(t.Severity, t.grade()) }

// worse says whether it has become more severe than is known.
func (t *Track) worse() bool { return t.grade() > t.Severity }
