package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// The embedded broker keeps a partition as segments/partitions/TOPIC-N/OFFSET.dat: record batches, one
// after the other, as Kafka's protocol has them. It reads a batch from its place each time it is asked
// for, and writes at the end only, so that a batch may be overwritten by one of the same length while
// it runs, or while it does not. A new batch is written into a journal first: a crash in between would
// leave one that is neither old nor new, and the broker cuts a segment off at such a one.

const (
	scourLock    = "scour.lock"
	scourJournal = "scour.journal"
)

// scourFiles overwrites messages of a topic in the embedded broker's folder.
func scourFiles(ctx context.Context, dir, topic string, judge Judge) (s Scoured, err error) {
	lock := flock.New(filepath.Join(dir, scourLock))
	if ok, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil || !ok {
		return s, fmt.Errorf("log: lock %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := finishScour(dir); err != nil {
		return s, err
	}
	files, err := segmentsOf(dir, topic)
	if err != nil {
		return s, err
	}
	for _, path := range files {
		if err := scourFile(ctx, dir, path, judge, &s); err != nil && !errors.Is(err, os.ErrNotExist) { // its retention is over
			return s, fmt.Errorf("log: scour %s: %w", path, err)
		}
	}
	return s, nil
}

// segmentsOf are the files of a topic, by partition and offset.
func segmentsOf(dir, topic string) (files []string, err error) {
	base := filepath.Join(dir, "segments", "partitions")
	folders, err := os.ReadDir(base)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("log: read %s: %w", base, err)
	}
	for _, f := range folders {
		number, ours := strings.CutPrefix(f.Name(), url.PathEscape(topic)+"-")
		if _, err := strconv.Atoi(number); !ours || err != nil {
			continue
		}
		found, err := filepath.Glob(filepath.Join(base, f.Name(), "*.dat"))
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b string) int { return int(offsetOf(a) - offsetOf(b)) })
		files = append(files, found...)
	}
	return files, nil
}

func offsetOf(path string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(filepath.Base(path), ".dat"), 10, 64)
	return n
}

// largestBatch bounds what a broken length makes us read.
const largestBatch = 64 << 20

// scourFile goes through a segment, batch by batch.
func scourFile(ctx context.Context, dir, path string, judge Judge, s *Scoured) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // what was written is synced
	var head [batchHead]byte
	for at := int64(0); ctx.Err() == nil; {
		if _, err := f.ReadAt(head[:], at); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		length := int64(binary.BigEndian.Uint32(head[8:])) + batchHead
		if length > largestBatch {
			return nil // the broker ends there too
		}
		raw := make([]byte, length)
		if _, err := f.ReadAt(raw, at); errors.Is(err, io.EOF) {
			return nil // it is being written
		} else if err != nil {
			return err
		}
		next, changed, err := scourBatch(raw, judge)
		if err != nil {
			return fmt.Errorf("batch at byte %d: %w", at, err)
		}
		if changed > 0 && next == nil {
			s.Kept += changed
		} else if changed > 0 {
			if err := overwrite(dir, f, patch{path, at, next}); err != nil {
				return err
			}
		}
		s.Changed += changed
		at += length
	}
	return ctx.Err()
}

// A patch is bytes for a place in a file.
type patch struct {
	path string
	at   int64
	data []byte
}

// overwrite writes a patch by way of the journal.
func overwrite(dir string, f *os.File, p patch) error {
	if err := writeJournal(dir, p); err != nil {
		return err
	}
	_, err := f.WriteAt(p.data, p.at)
	if err := errors.Join(err, f.Sync()); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, scourJournal))
}

// writeJournal keeps a patch until it is in its place: path, place, data, each with its length, and a
// checksum over all.
func writeJournal(dir string, p patch) error {
	data := binary.BigEndian.AppendUint32(nil, uint32(len(p.path)))
	data = append(data, p.path...)
	data = binary.BigEndian.AppendUint64(data, uint64(p.at))
	data = binary.BigEndian.AppendUint32(data, uint32(len(p.data)))
	data = append(data, p.data...)
	data = binary.BigEndian.AppendUint32(data, checksum(data))
	f, err := os.OpenFile(filepath.Join(dir, scourJournal), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// finishScour completes what a crash interrupted. A journal that is not whole was not acted upon.
func finishScour(dir string) error {
	name := filepath.Join(dir, scourJournal)
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("log: read %s: %w", name, err)
	}
	if p, ok := readJournal(data); ok {
		f, err := os.OpenFile(p.path, os.O_RDWR, 0)
		if err == nil {
			_, err = f.WriteAt(p.data, p.at)
			err = errors.Join(err, f.Sync(), f.Close())
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("log: finish what %s says: %w", name, err)
		}
	}
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("log: remove %s: %w", name, err)
	}
	return nil
}

func readJournal(data []byte) (p patch, ok bool) {
	if len(data) < 20 || checksum(data[:len(data)-4]) != binary.BigEndian.Uint32(data[len(data)-4:]) {
		return p, false
	}
	n := int64(binary.BigEndian.Uint32(data))
	if n > int64(len(data))-20 {
		return p, false
	}
	p.path, data = string(data[4:4+n]), data[4+n:]
	p.at = int64(binary.BigEndian.Uint64(data))
	return patch{p.path, p.at, data[12 : len(data)-4]}, true
}
