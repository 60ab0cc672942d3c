package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/segmentio/kafka-go/compress"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The layout of a record batch: https://kafka.apache.org/documentation/#recordbatch
const (
	batchHead = 12 // first offset, length of the rest
	crcAt     = 17 // checksum of all from batchAttributes on
	attrAt    = 21
	recordsAt = 61
	magicAt   = 16

	codecMask    = 0x07
	codecSnappy  = 2
	controlBatch = 0x20
)

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// scourBatch gives a batch of the same length in which the messages are changed that the judge wants
// changed; none: next is nil. Where another value does not fit, nothing is left of the message. Where
// even that does not (a client wrote with a codec that packs better than snappy), next is nil though
// some are to be changed.
func scourBatch(raw []byte, judge Judge) (next []byte, changed int64, err error) {
	if len(raw) < recordsAt || raw[magicAt] != 2 || raw[attrAt+1]&controlBatch != 0 {
		return nil, 0, nil
	}
	if binary.BigEndian.Uint32(raw[crcAt:]) != checksum(raw[attrAt:]) {
		return nil, 0, nil // half written: the broker does not serve it either
	}
	var batch kmsg.RecordBatch
	if err := batch.ReadFrom(raw); err != nil {
		return nil, 0, fmt.Errorf("read: %w", err)
	}
	plain, err := decompress(batch.Records, batch.Attributes&codecMask)
	if err != nil {
		return nil, 0, fmt.Errorf("decompress: %w", err)
	}
	records, err := recordsOf(plain, int(batch.NumRecords))
	if err != nil {
		return nil, 0, err
	}
	at := judged(&batch, records, judge)
	if len(at) == 0 {
		return nil, 0, nil
	}
	next = refill(raw, records, at)
	if next == nil {
		for _, i := range at {
			records[i].Key, records[i].Value, records[i].Headers = nil, nil, nil
		}
		next = refill(raw, records, at)
	}
	return next, int64(len(at)), nil
}

// judged changes records as the judge says, and returns which.
func judged(batch *kmsg.RecordBatch, records []kmsg.Record, judge Judge) (at []int) {
	for i := range records {
		r := &records[i]
		if len(r.Value) == 0 {
			continue
		}
		m := messageOf(batch, r)
		value, change := judge(&m)
		if !change {
			continue
		}
		at = append(at, i)
		if r.Value = value; value == nil {
			r.Key, r.Headers = nil, nil
		}
	}
	return at
}

func messageOf(batch *kmsg.RecordBatch, r *kmsg.Record) Message {
	m := Message{Key: r.Key, Value: r.Value, Offset: batch.FirstOffset + int64(r.OffsetDelta), Time: time.UnixMilli(batch.FirstTimestamp + r.TimestampDelta64)}
	for _, h := range r.Headers {
		m.Headers = append(m.Headers, Header{h.Key, h.Value})
	}
	return m
}

func decompress(data []byte, codec int16) ([]byte, error) {
	if codec == 0 {
		return data, nil
	}
	c := compress.Compression(codec).Codec()
	if c == nil {
		return nil, fmt.Errorf("codec %d is not known", codec)
	}
	r := c.NewReader(bytes.NewReader(data))
	plain, err := io.ReadAll(io.LimitReader(r, 8*largestBatch))
	return plain, errors.Join(err, r.Close())
}

// recordsOf reads the records of a batch.
func recordsOf(plain []byte, n int) ([]kmsg.Record, error) {
	var records []kmsg.Record
	for range n {
		length, width := binary.Varint(plain)
		if width <= 0 || length < 0 || length > int64(len(plain)-width) {
			return nil, errors.New("a record is cut off")
		}
		var r kmsg.Record
		end := width + int(length)
		if err := r.ReadFrom(plain[:end]); err != nil {
			return nil, fmt.Errorf("read a record: %w", err)
		}
		records, plain = append(records, r), plain[end:]
	}
	return records, nil
}

func encoded(records []kmsg.Record) (dst []byte) {
	for i := range records {
		r := records[i]
		r.Length = 0
		r.Length = int32(len(r.AppendTo(nil)) - 1) // a length of 0 takes one byte
		dst = r.AppendTo(dst)
	}
	return dst
}

// refill puts records into a batch of the same length as it was, packed or plain; nil where neither
// fits.
func refill(raw []byte, records []kmsg.Record, changed []int) []byte {
	next := append(make([]byte, 0, len(raw)), raw[:recordsAt]...)
	next[attrAt+1] &^= codecMask
	body, codec := packed(records, len(raw)-recordsAt), byte(codecSnappy)
	if body == nil {
		body, codec = padded(records, changed, len(raw)-recordsAt), 0
	}
	if body == nil {
		return nil
	}
	next[attrAt+1] |= codec
	next = append(next, body...)
	binary.BigEndian.PutUint32(next[crcAt:], checksum(next[attrAt:]))
	return next
}

// packed is records compressed with snappy to a length, filled up with blocks of nothing. A gap of less
// than five bytes cannot be filled: the first block's own varint is written longer then, or the records
// are divided in another way, which leaves another gap.
func packed(records []kmsg.Record, length int) []byte {
	plain := encoded(records)
	for parts := 1; parts <= 8; parts++ {
		body := bytes.Clone(xerialHeader)
		size := max(1, (len(plain)+parts-1)/parts)
		for at := 0; at < len(plain); at += size {
			body = appendBlock(body, s2.EncodeSnappyBest(nil, plain[at:min(at+size, len(plain))]))
		}
		if len(body) > length {
			return nil
		}
		if gap := length - len(body); gap < 5 {
			body = widen(body, gap)
		}
		if body, ok := fill(body, length-len(body)); ok {
			return body
		}
	}
	return nil
}

// widen writes the length that begins the first block in some bytes more, five at most.
func widen(body []byte, by int) []byte {
	at := len(xerialHeader) + 4
	n, width := binary.Uvarint(body[at:])
	if width+by > binary.MaxVarintLen32 {
		return body
	}
	varint := binary.AppendUvarint(nil, n)
	for range by {
		varint[len(varint)-1] |= 0x80
		varint = append(varint, 0)
	}
	wider := append(bytes.Clone(body[:at]), varint...)
	wider = append(wider, body[at+width:]...)
	binary.BigEndian.PutUint32(wider[at-4:], binary.BigEndian.Uint32(body[at-4:])+uint32(by))
	return wider
}

// padded is records as they are, of which a changed one gets a header of zeros that makes up the length.
func padded(records []kmsg.Record, changed []int, length int) []byte {
	gap := length - len(encoded(records))
	if gap == 0 {
		return encoded(records)
	}
	r := &records[changed[0]]
	headers := r.Headers
	defer func() { r.Headers = headers }()
	for key := range 4 { // lengths are written in one to five bytes, so that some are not to be had with one of them alone
		for zeros := gap; zeros >= max(0, gap-16); zeros-- {
			r.Headers = slices.Concat(headers, []kmsg.Header{{Key: "erased"[:key], Value: make([]byte, zeros)}})
			if body := encoded(records); len(body) == length {
				return body
			}
		}
	}
	return nil
}

// xerialHeader begins snappy as Kafka's clients write it: blocks of a length and what was compressed.
// https://github.com/xerial/snappy-java/blob/master/src/main/java/org/xerial/snappy/SnappyCodec.java
var xerialHeader = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1}

func appendBlock(dst, block []byte) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(block))), block...)
}

// fill appends blocks that hold nothing: a block is the length of what it unpacks to, 0, as a varint,
// which may be written in one to five bytes. With the four of its own length, that makes five to nine.
func fill(dst []byte, gap int) ([]byte, bool) {
	for gap > 0 {
		n := min(gap, 9)
		if left := gap - n; left > 0 && left < 5 {
			n = gap - 5
		}
		if n < 5 || n > 9 {
			return dst, false
		}
		block := bytes.Repeat([]byte{0x80}, n-4)
		block[len(block)-1] = 0
		dst, gap = appendBlock(dst, block), gap-n
	}
	return dst, true
}
