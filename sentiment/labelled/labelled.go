// Package labelled reads texts whose polarity people have judged: lines of tab-separated or
// comma-separated columns, pairs of a file of texts and a file of labels (TweetEval, UMSAB), and
// Groundswell's JSON, each plain or gzipped. What a file is shows in what it holds.
package labelled

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// A Text is a text and its polarity.
type Text struct {
	Polarity post.Polarity
	Language string // when the file says so
	Text     string
}

// A Set is what one file, or one pair of files, holds.
type Set struct {
	Name  string // of the file of texts
	Texts []Text
	Left  map[string]int // texts left out, by their label: "mixed" and the like
}

// maxBytes bounds a file when it is unpacked.
const maxBytes = 2 << 30

// Open reads the files. Of a pair it takes either file, or both.
func Open(names []string) ([]Set, error) {
	var sets []Set
	done := make(map[string]bool)
	for _, name := range names {
		texts, labels, pair := pairOf(name, names)
		if done[texts] {
			continue
		}
		done[texts] = true
		set, err := read(texts, labels, pair)
		if err != nil {
			return nil, fmt.Errorf("read labelled texts: %w", err)
		}
		if len(set.Texts) == 0 {
			return nil, fmt.Errorf("read labelled texts: %s: no text with a label negative, neutral or positive", texts)
		}
		sets = append(sets, set)
	}
	return sets, nil
}

func read(texts, labels string, pair bool) (Set, error) {
	set := Set{Name: texts, Left: make(map[string]int)}
	data, err := load(texts)
	if err != nil {
		return set, err
	}
	if pair {
		lines, err := load(labels)
		if err != nil {
			return set, err
		}
		return set, set.addPair(texts, labels, split(data), split(lines))
	}
	lines := split(data)
	switch first := strings.TrimSpace(firstOf(lines)); {
	case first == "":
		return set, fmt.Errorf("%s is empty", texts)
	case first[0] == '{' || first[0] == '[':
		err := set.addJSON(texts, data)
		if columns := (Set{Name: set.Name, Left: make(map[string]int)}); err != nil && columns.addColumns(texts, data, lines) == nil {
			return columns, nil // the first text begins like JSON: [sic]
		}
		return set, err
	default:
		err := set.addColumns(texts, data, lines)
		if stem, ending, ok := strings.Cut(filepath.Base(texts), "_text"); err != nil && ok {
			err = fmt.Errorf("%w; as a pair it lacks %s_labels%s beside it", err, stem, strings.TrimPrefix(ending, "s"))
		}
		return set, err
	}
}

// pairOf finds the other file of a pair: x_text.txt and x_labels.txt, or two files named together
// of which one holds nothing but labels.
func pairOf(name string, names []string) (texts, labels string, pair bool) {
	dir, base := filepath.Split(name)
	for _, swap := range [][2]string{{"_text", "_labels"}, {"_texts", "_labels"}, {"_text", "_label"}} {
		for i, part := range swap {
			stem, rest, ok := strings.Cut(base, part)
			if !ok || strings.HasPrefix(rest, "s.") && !strings.HasSuffix(part, "s") {
				continue
			}
			for _, ending := range []string{rest, rest + ".gz", strings.TrimSuffix(rest, ".gz")} {
				other := dir + stem + swap[1-i] + ending
				if _, err := os.Stat(other); err != nil {
					continue
				}
				if i == 0 {
					return name, other, true
				}
				return other, name, true
			}
		}
	}
	if len(names) == 2 {
		other := names[0]
		if other == name {
			other = names[1]
		}
		switch {
		case onlyLabels(name) && !onlyLabels(other):
			return other, name, true
		case onlyLabels(other) && !onlyLabels(name):
			return name, other, true
		}
	}
	return name, "", false
}

// onlyLabels says that each line of a file is a label.
func onlyLabels(name string) bool {
	data, err := load(name)
	if err != nil {
		return false
	}
	lines := split(data)
	for _, line := range lines {
		if _, ok := words[strings.ToLower(strings.TrimSpace(line))]; !ok {
			return false
		}
	}
	return len(lines) > 0
}

func (s *Set) addPair(textName, labelName string, texts, labels []string) error {
	if len(texts) != len(labels) {
		return fmt.Errorf("%s has %d lines and %s has %d: want a label for each text", textName, len(texts), labelName, len(labels))
	}
	read := reader(labels)
	for i, label := range labels {
		polarity, ok := read(label)
		if !ok {
			return fmt.Errorf("%s, line %d: label %q: want negative, neutral or positive, or 0, 1, 2", labelName, i+1, label)
		}
		s.add(polarity, label, "", texts[i])
	}
	return nil
}

// add keeps a text, or counts it as left out.
func (s *Set) add(polarity post.Polarity, label, language, text string) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		s.Left["no text"]++
	case polarity == "":
		s.Left[strings.ToLower(strings.TrimSpace(label))]++
	default:
		s.Texts = append(s.Texts, Text{polarity, language, text})
	}
}

// load reads a file and unpacks it.
func load(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name the files in it", name)
	}
	var r io.Reader = f
	var magic [2]byte
	if n, _ := f.ReadAt(magic[:], 0); n == 2 && magic == [2]byte{0x1f, 0x8b} {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("%s: unpack: %w", name, err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s: %w", name, errors.New("more than 2 GiB unpacked: split it"))
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// split gives the lines; nothing but a line feed ends one.
func split(data []byte) []string {
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

func firstOf(lines []string) string {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			return line
		}
	}
	return ""
}
