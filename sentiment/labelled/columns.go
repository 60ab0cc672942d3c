package labelled

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Names of columns, the likelier first.
var (
	labelNames    = []string{"polarity", "sentiment", "label", "airline_sentiment", "derived_label_a2rev", "derived_label", "class", "gold"}
	textNames     = []string{"text", "tweet", "content", "message", "document", "sentence", "tweet_text"}
	languageNames = []string{"language", "lang"}
)

// A layout says which column is what; language may be −1.
type layout struct {
	label, text, language int
	header                bool
}

func (s *Set) addColumns(name string, data []byte, lines []string) error {
	rows, numbers, err := tabbed(name, data, lines)
	if err != nil {
		return err
	}
	at, err := layoutOf(rows)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if at.header {
		rows, numbers = rows[1:], numbers[1:]
	}
	labels := make([]string, 0, len(rows))
	for _, row := range rows {
		if at.label < len(row) {
			labels = append(labels, row[at.label])
		}
	}
	read := reader(labels)
	for i, row := range rows {
		if len(row) <= max(at.label, at.text) {
			if len(row) > at.label {
				s.Left["no text"]++
				continue
			}
			return fmt.Errorf("%s, line %d: %d columns: want at least %d", name, numbers[i], len(row), max(at.label, at.text)+1)
		}
		polarity, ok := read(row[at.label])
		if !ok {
			return fmt.Errorf("%s, line %d: label %q in column %d: want negative, neutral or positive, or 0, 1, 2", name, numbers[i], row[at.label], at.label+1)
		}
		language := ""
		if at.language >= 0 && at.language < len(row) {
			language = strings.ToLower(row[at.language])
		}
		s.add(polarity, row[at.label], language, row[at.text])
	}
	return nil
}

// tabbed cuts lines into columns, and says of each row in which line it stands.
func tabbed(name string, data []byte, lines []string) (rows [][]string, numbers []int, err error) {
	if strings.Contains(firstOf(lines), "\t") {
		for i, line := range lines {
			if strings.TrimSpace(line) != "" {
				rows, numbers = append(rows, strings.Split(line, "\t")), append(numbers, i+1)
			}
		}
		return rows, numbers, nil
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, numbers, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		rows, numbers = append(rows, row), append(numbers, line)
	}
}

// layoutOf finds the columns by the names of the first line, or by what stands in them.
func layoutOf(rows [][]string) (layout, error) {
	head := layout{label: find(rows[0], labelNames), text: find(rows[0], textNames), language: find(rows[0], languageNames), header: true}
	if head.label >= 0 && head.text >= 0 {
		return head, nil
	}
	sample := rows[:min(len(rows), 2000)]
	columns := 0
	for _, row := range sample {
		columns = max(columns, len(row))
	}
	at := layout{label: -1, text: -1, language: -1}
	best, longest := 0, 0
	for c := range columns {
		labels, length := 0, 0
		for _, row := range sample {
			if c >= len(row) {
				continue
			}
			length += utf8.RuneCountInString(row[c])
			labels += weight(row[c])
		}
		if labels > 0 && labels >= best && labels*10 >= len(sample)*6 {
			best, at.label = labels, c
		}
		if length > longest {
			longest, at.text = length, c
		}
	}
	if at.label < 0 || at.text < 0 || at.label == at.text {
		return at, errors.New("no column of labels beside one of texts: want columns named label and text, or negative, neutral, positive (or 0, 1, 2) in a column of every line")
	}
	return at, nil
}

func find(header, names []string) int {
	for _, name := range names {
		for i, column := range header {
			if strings.EqualFold(strings.Trim(strings.TrimSpace(column), `"#`), name) {
				return i
			}
		}
	}
	return -1
}
