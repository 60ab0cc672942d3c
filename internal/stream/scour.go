package stream

import (
	"context"
	"fmt"
	"time"
)

// A Judge says what becomes of a message: as it is, with another value, or, where that is nil, with
// nothing left of it.
type Judge func(m *Message) (value []byte, change bool)

// Scoured is what scouring a topic came to.
type Scoured struct {
	Changed int64 // messages
	Kept    int64 // of those, how many still stand in the log: they go with its retention
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

// superseded are the places of the messages that are to go.
type superseded struct {
	Scoured
	places map[int][]int64 // partition → offsets
}

const supersedeAtOnce = 200 // messages

// supersede writes, for each message that is to go, a later one of the same key into its partition.
func (l *Log) supersede(ctx context.Context, topic string, judge Judge) (s superseded, err error) {
	s.places = make(map[int][]int64)
	waiting := make(map[int][]Message)
	flush := func(partition int) error {
		err := l.writePartition(ctx, topic, partition, waiting[partition])
		waiting[partition] = waiting[partition][:0]
		return err
	}
	err = l.Scan(ctx, topic, func(m Message) error {
		if m.Value == nil {
			return nil
		}
		value, change := judge(&m)
		if !change {
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
		if waiting[m.Partition] = append(waiting[m.Partition], next); len(waiting[m.Partition]) >= supersedeAtOnce {
			return flush(m.Partition)
		}
		return nil
	})
	for partition, left := range waiting {
		if err == nil && len(left) > 0 {
			err = flush(partition)
		}
	}
	if err != nil {
		err = fmt.Errorf("log: scour topic %s: %w", topic, err)
	}
	return s, err
}

// compactFor is how long a topic is compacted for, at most. Kafka's cleaner looks every 15 s for what
// there is to do (log.cleaner.backoff.ms).
const compactFor = 2 * time.Minute

// compact has the cluster compact a topic until what was superseded is gone, and then lets the topic be
// as it was. Only closed segments are compacted, and one is closed when something is written after
// segment.ms: a message of no meaning is.
func (l *Log) compact(ctx context.Context, topic string, s *superseded) error {
	kept := s.Kept
	for _, offsets := range s.places {
		s.Kept += int64(len(offsets))
	}
	restore, err := l.configure(ctx, topic, map[string]string{"cleanup.policy": "compact,delete", "min.cleanable.dirty.ratio": "0", "segment.ms": "500",
		"min.compaction.lag.ms": "0", "delete.retention.ms": "0"})
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
		if round < 5 { // each closes a segment
			for partition := range s.places {
				if err := l.writePartition(ctx, topic, partition, []Message{{Key: []byte("groundswell:scour")}}); err != nil {
					return err
				}
			}
		}
		left, err := l.standing(ctx, topic, s.places)
		if err != nil {
			return err
		}
		if s.Kept = kept + left; left == 0 {
			return nil
		}
		if time.Now().After(deadline) {
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
