package crm

import (
	"bytes"
	"errors"
	"io"
)

// ReadCSV reads a file as the import does: its rows, and the reasons of those it cannot read.
func ReadCSV(data []byte, comma rune) (rows [][]string, refused []string, err error) {
	r := newCSVReader(bytes.NewReader(data))
	r.comma = byte(comma)
	for {
		record, _, err := r.next()
		var bad *rowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, refused, nil
		case errors.As(err, &bad):
			refused = append(refused, bad.Error())
		case err != nil:
			return rows, refused, err
		default:
			rows = append(rows, record)
		}
	}
}

// HeaderMeanings gives the fields that each header means.
func HeaderMeanings() map[string][]string {
	all := make(map[string][]string)
	for field, names := range importFields {
		for _, name := range names {
			all[name] = append(all[name], field)
		}
	}
	return all
}
