package stream

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Judge says what becomes of a message: as it is, with another value, or, where that is nil, with
// nothing left of it.
type Judge func(m *Message) (value []byte, change bool)

// Scoured is what scouring a topic came to.
type Scoured struct {
	Changed int64 // messages
	Kept    int64 // of those, how many still stand in the log: they go with its retention
	Keys    int64 // on a cluster: of how many the key still stands there, with nothing beside it
}

// Scour takes out of a topic what was written there, where a judge says so. On the embedded broker it
// overwrites the files: the offset stays, with an empty message, and when Scour returns the content is
// gone. A cluster lets nobody overwrite: there the message is superseded by a later one of its key, and
// the topic is compacted for as long as that takes, two minutes at most.
//
// What can go by neither way stays until the retention is over: a message without a key, and one that a
// client wrote to the embedded broker with a codec that packs better than ours.
func (l *Log) Scour(ctx context.Context, topic string, judge Judge) (Scoured, error) {
	if l.embedded != nil || len(l.opt.Brokers) == 0 {
		return scourFiles(ctx, l.opt.Dir, topic, judge)
	}
	s, err := l.supersede(ctx, topic, judge)
	if err != nil || len(s.places) == 0 {
		return s.Scoured, err
	}
	if err := l.compact(ctx, topic, &s); err != nil {
		if ctx.Err() != nil {
			return s.Scoured, err
		}
		l.opt.Logger.Warn("what was erased stays in the log until its retention is over", "topic", topic, "messages", s.Kept, "err", err)
	}
	return s.Scoured, nil
}

// superseded are the places of the messages that are to go, and of those without a value that were
// written behind them and are to go next: their keys may name somebody.
type superseded struct {
	Scoured
	places, markers map[int][]int64 // partition → offsets
}

const supersedeAtOnce = 200 // messages

// supersede writes, for each message that is to go, a later one of the same key into its partition, where
// none stands there already: that a post was deleted stands behind the post, and stays for who has not
// read so far.
func (l *Log) supersede(ctx context.Context, topic string, judge Judge) (s superseded, err error) {
	s.places, s.markers = make(map[int][]int64), make(map[int][]int64)
	last := make(map[int]map[string]Message) // partition → key → what is to supersede it
	err = l.Scan(ctx, topic, func(m Message) error {
		var value []byte
		change := false
		if m.Value != nil {
			value, change = judge(&m)
		}
		if !change {
			delete(last[m.Partition], string(m.Key))
			return nil
		}
		s.Changed++
		if len(m.Key) == 0 {
			s.Kept++
			return nil
		}
		next := Message{Key: m.Key, Value: value}
		if value != nil {
			next.Headers = m.Headers
		}
		s.places[m.Partition] = append(s.places[m.Partition], m.Offset)
		if last[m.Partition] == nil {
			last[m.Partition] = make(map[string]Message)
		}
		last[m.Partition][string(m.Key)] = next
		return nil
	})
	for partition, messages := range last {
		if err == nil {
			s.markers[partition], err = l.mark(ctx, topic, partition, slices.Collect(maps.Values(messages)))
		}
	}
	if err != nil {
		err = fmt.Errorf("log: scour topic %s: %w", topic, err)
	}
	return s, err
}

// mark writes what supersedes messages of a partition, and returns where those without a value stand.
func (l *Log) mark(ctx context.Context, topic string, partition int, messages []Message) (empty []int64, err error) {
	for some := range slices.Chunk(messages, supersedeAtOnce) {
		first, err := l.writePartition(ctx, topic, partition, some)
		if err != nil {
			return nil, err
		}
		for i := range some {
			if some[i].Value == nil {
				empty = append(empty, first+int64(i))
			}
		}
	}
	return empty, nil
}

// compactFor is how long a topic is compacted for, at most. Kafka's cleaner looks every 15 s for what
// there is to do (log.cleaner.backoff.ms).
const compactFor = 2 * time.Minute

// compaction are a topic's settings while it is compacted.
var compaction = map[string]string{"cleanup.policy": "compact,delete", "min.cleanable.dirty.ratio": "0", "segment.ms": "500",
	"min.compaction.lag.ms": "0", "delete.retention.ms": "0"}

// compact has the cluster compact a topic until what was superseded is gone, and then lets the topic be
// as it was. Only closed segments are compacted, and one is closed when something is written after
// segment.ms: a message of no meaning is. The first pass of the cleaner takes the old messages, and a
// later one those without a value that superseded them (KIP-534): it is waited for, too, but that some
// keys are left is no failure.
func (l *Log) compact(ctx context.Context, topic string, s *superseded) error {
	l.compacting.Lock()
	defer l.compacting.Unlock()
	kept := s.Kept
	for _, offsets := range s.places {
		s.Kept += int64(len(offsets))
	}
	restore, err := l.configure(ctx, topic, compaction)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := restore(ctx); err != nil {
			l.opt.Logger.Warn("the topic stays compacted: set cleanup.policy, segment.ms, min.cleanable.dirty.ratio, min.compaction.lag.ms and delete.retention.ms as they were",
				"topic", topic, "err", err)
		}
	}()
	deadline := time.Now().Add(compactFor)
	for round := 0; ; round++ {
		if round < 5 || round%5 == 0 { // each closes a segment; a pass of the cleaner is every 15 s
			for partition := range s.places {
				if _, err := l.writePartition(ctx, topic, partition, []Message{{Key: []byte("groundswell:scour")}}); err != nil {
					return err
				}
			}
		}
		left, err := l.standing(ctx, topic, s.places)
		if err == nil && left == 0 {
			s.Keys, err = l.standing(ctx, topic, s.markers)
		}
		if err != nil {
			return err
		}
		s.Kept = kept + left
		switch over := time.Now().After(deadline); {
		case left == 0 && (s.Keys == 0 || over):
			return nil
		case over:
			return fmt.Errorf("log: topic %s: %d messages were not compacted away within %s", topic, left, compactFor)
		}
		if !sleep(ctx, 2*time.Second) {
			return ctx.Err()
		}
	}
}

// standing counts the messages that still are where they were.
func (l *Log) standing(ctx context.Context, topic string, places map[int][]int64) (n int64, err error) {
	for partition, offsets := range places {
		if len(offsets) == 0 {
			continue
		}
		at := make(map[int64]bool, len(offsets))
		for _, o := range offsets {
			at[o] = true
		}
		span := span{offsets[0], offsets[len(offsets)-1] + 1}
		err := l.scanSpan(ctx, topic, partition, span, func(m Message) error {
			if at[m.Offset] {
				n++
			}
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
