package replay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory that a zstd stream may ask for.
const maxWindow = 128 << 20

// counter counts the bytes read from the file itself and remembers its error, so that a broken
// disk is told from a broken archive.
type counter struct {
	ctx   context.Context
	r     io.Reader
	n     int64
	err   error
	tell  func(read int64)
	told  int64
	every int64
}

func (c *counter) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		c.err = err
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	if c.tell != nil && (c.n-c.told >= c.every || err != nil) {
		c.told = c.n
		c.tell(c.n)
	}
	return n, err
}

// Unpack returns the plain bytes of a stream that may be compressed by gzip or zstd, without a byte
// order mark. The reason says why a text cannot be read at all.
func Unpack(r io.Reader) (plain io.Reader, closeInput func(), reason string) {
	closeInput = func() {}
	in := bufio.NewReaderSize(r, 64<<10)
	magic, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, closeInput, "the gzip header is damaged: " + err.Error()
		}
		in = bufio.NewReaderSize(z, 64<<10)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, closeInput, "the zstd header is damaged: " + err.Error()
		}
		closeInput = z.Close
		in = bufio.NewReaderSize(z, 64<<10)
	}
	mark, _ := in.Peek(3)
	switch {
	case bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}):
		_, _ = in.Discard(3)
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return nil, closeInput, "the text is UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"
	}
	return in, closeInput, ""
}
