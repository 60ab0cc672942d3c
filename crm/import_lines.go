package crm

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRecord is how long a row, or a card, may be, in bytes.
const maxRecord = 1 << 20

// fileLines reads a file line by line; UTF-16 with a byte order mark becomes UTF-8. Lines of old Macs,
// which end with a carriage return alone, are lines where the first one is such.
type fileLines struct {
	in      *bufio.Reader
	line    int      // lines taken so far
	pending [][]byte // lines read ahead and given back, the next one last
}

func newFileLines(r io.Reader) fileLines {
	in := bufio.NewReaderSize(r, 64<<10)
	start, _ := in.Peek(3)
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		in = bufio.NewReaderSize(transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), 64<<10)
	case bytes.Equal(start, []byte{0xef, 0xbb, 0xbf}):
		_, _ = in.Discard(3)
	}
	start, _ = in.Peek(in.Size())
	if at := bytes.IndexByte(start, '\r'); at >= 0 && bytes.IndexByte(start, '\n') < 0 {
		in = bufio.NewReaderSize(transform.NewReader(in, oldMac{}), 64<<10)
	}
	return fileLines{in: in}
}

// oldMac makes line feeds of carriage returns.
type oldMac struct{ transform.NopResetter }

func (oldMac) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	n := copy(dst, src)
	for i, c := range dst[:n] {
		if c == '\r' {
			dst[i] = '\n'
		}
	}
	if n < len(src) {
		err = transform.ErrShortDst
	}
	return n, n, err
}

// starts says whether the first thing in the file, after blanks, is a word, whatever its case.
func (r *fileLines) starts(word string) bool {
	start, _ := r.in.Peek(512)
	start = bytes.TrimLeft(start, " \t\r\n")
	return len(start) >= len(word) && bytes.EqualFold(start[:len(word)], []byte(word))
}

// take returns the next line with its end. Of one that is too long only the beginning is kept.
func (r *fileLines) take() ([]byte, error) {
	if n := len(r.pending); n > 0 {
		line := r.pending[n-1]
		r.pending = r.pending[:n-1]
		r.line++
		return line, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(line) <= maxRecord {
			line = append(line, part...)
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && len(line) > 0:
			r.line++
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// giveBack makes lines that were taken the next ones again.
func (r *fileLines) giveBack(lines [][]byte) {
	for i := len(lines) - 1; i >= 0; i-- {
		r.pending = append(r.pending, lines[i])
	}
	r.line -= len(lines)
}
