package crm

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// connectionReader reads a list of people from a CSV file. LinkedIn writes some lines of notes before
// the header of its Connections.csv, and rows without anything for members who are gone: both are
// passed over.
type connectionReader struct {
	csvReader
	columns func(header []string) bool // whether a row is the header
}

// Where a header is looked for: LinkedIn's notes are three lines.
const (
	maxNoteLines = 30
	maxNoteBytes = 64 << 10
)

func (r *connectionReader) header(comma rune) ([]string, error) {
	var notes [][]byte
	for size := 0; len(notes) < maxNoteLines && size < maxNoteBytes; {
		text, err := r.take()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if notes = append(notes, text); len(text) > maxNoteBytes {
			break
		}
		size += len(text)
		said := comma
		if said == 0 {
			said = separator(text)
		}
		if r.columns(strings.Split(strings.ReplaceAll(strings.TrimSpace(string(text)), `"`, ""), string(said))) {
			r.giveBack([][]byte{text})
			return r.csvReader.header(comma)
		}
	}
	r.giveBack(notes)
	return r.csvReader.header(comma)
}

func (r *connectionReader) next() (record []string, line int, err error) {
	for {
		if record, line, err = r.csvReader.next(); err != nil || strings.TrimSpace(strings.Join(record, "")) != "" {
			return record, line, err
		}
	}
}

// monthNames are the beginnings of the months' names as exports in several languages have them, folded.
var monthNames = map[string]time.Month{
	"jan": 1, "ene": 1, "gen": 1, "feb": 2, "fev": 2, "mar": 3, "mae": 3, "mrz": 3, "mrt": 3, "maa": 3, "apr": 4, "avr": 4, "abr": 4,
	"may": 5, "mai": 5, "mag": 5, "mei": 5, "maj": 5, "jun": 6, "juin": 6, "giu": 6, "jul": 7, "juil": 7, "lug": 7, "aug": 8, "aou": 8, "ago": 8,
	"sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12, "des": 12,
}

// readDay reads the day on which two people connected: 02 Jan 2006, as LinkedIn writes it, in figures
// with the year first, or with points between.
func readDay(value string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2.1.2006", "02 Jan 2006", "2 Jan 2006"} {
		if at, err := time.Parse(layout, value); err == nil && at.Year() > 1900 {
			return at, nil
		}
	}
	parts := strings.Fields(strings.NewReplacer(".", " ", ",", " ", "-", " ").Replace(foldKey(value)))
	if len(parts) == 3 {
		day, _ := strconv.Atoi(parts[0])
		year, _ := strconv.Atoi(parts[2])
		month := monthNames[parts[1][:min(4, len(parts[1]))]]
		if month == 0 {
			month = monthNames[parts[1][:min(3, len(parts[1]))]]
		}
		if at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC); month != 0 && year > 1900 && year < 3000 && at.Day() == day {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no day: want one like 02 Jan 2006 or 2006-01-02", cut(value, 40))
}
