package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
)

// A Reader reads a topic as a member of a consumer group: the group's members share the topic's
// partitions, and each partition is read in order. It is for one goroutine.
type Reader struct {
	r       *kafka.Reader
	pending chan fetched
	stop    context.CancelFunc
	done    chan struct{}
}

type fetched struct {
	m   kafka.Message
	err error
}

// A Batch is some messages of one or more partitions, in order within each.
type Batch struct {
	Messages []Message
	last     map[int]kafka.Message // by partition
}

// Reader joins the group and reads the topic from its last commit, or from its beginning.
func (l *Log) Reader(topic, group string) *Reader {
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers: l.opt.Brokers, Dialer: l.dialer, GroupID: group, Topic: topic,
		MinBytes: 1, MaxBytes: 8 << 20, MaxWait: 250 * time.Millisecond,
		QueueCapacity: 1000, StartOffset: kafka.FirstOffset, CommitInterval: 0,
		HeartbeatInterval: time.Second, SessionTimeout: 10 * time.Second, RebalanceTimeout: 10 * time.Second,
		JoinGroupBackoff: 500 * time.Millisecond, ReadBackoffMin: 5 * time.Millisecond, ReadBackoffMax: 250 * time.Millisecond,
		MaxAttempts: 3, ReadLagInterval: -1, WatchPartitionChanges: true,
	})
	ctx, stop := context.WithCancel(context.Background())
	reader := &Reader{r: r, pending: make(chan fetched, 1000), stop: stop, done: make(chan struct{})}
	go reader.pump(ctx)
	return reader
}

// pump moves messages into a channel, so that Fetch can wait with a timer: cancelling the
// library's own fetch would cost a context a message.
func (r *Reader) pump(ctx context.Context) {
	defer close(r.done)
	for {
		m, err := r.r.FetchMessage(ctx)
		select {
		case r.pending <- fetched{m, err}:
		case <-ctx.Done():
			return
		}
		if err != nil && !sleep(ctx, 200*time.Millisecond) {
			return
		}
	}
}

// Fetch waits for the first message and returns it with those that follow within wait, limit at most.
func (r *Reader) Fetch(ctx context.Context, limit int, wait time.Duration) (Batch, error) {
	b := Batch{Messages: make([]Message, 0, limit), last: make(map[int]kafka.Message)}
	select {
	case <-ctx.Done():
		return b, ctx.Err()
	case f := <-r.pending:
		if f.err != nil {
			return b, fmt.Errorf("log: read: %w", f.err)
		}
		b.add(f.m)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for len(b.Messages) < limit {
		select {
		case f := <-r.pending:
			if f.err != nil {
				return b, nil // what was read is good; the error comes back with the next fetch
			}
			b.add(f.m)
		case <-timer.C:
			return b, nil
		case <-ctx.Done():
			return b, nil
		}
	}
	return b, nil
}

func (b *Batch) add(m kafka.Message) {
	msg := Message{Key: m.Key, Value: m.Value, Partition: m.Partition, Offset: m.Offset, Time: m.Time}
	for _, h := range m.Headers {
		msg.Headers = append(msg.Headers, Header{h.Key, h.Value})
	}
	b.Messages = append(b.Messages, msg)
	m.Value, m.Headers = nil, nil
	b.last[m.Partition] = m
}

// Commit marks the batch as handled. An error means that it may be read again.
func (r *Reader) Commit(ctx context.Context, b Batch) error {
	last := make([]kafka.Message, 0, len(b.last))
	for _, m := range b.last {
		last = append(last, m)
	}
	if err := r.r.CommitMessages(ctx, last...); err != nil {
		return fmt.Errorf("log: commit: %w", err)
	}
	return nil
}

// Lag is the number of messages behind the end of the topic, as of the last fetch.
func (r *Reader) Lag() int64 { return r.r.Stats().Lag }

// Close leaves the group.
func (r *Reader) Close() error {
	r.stop()
	<-r.done
	return r.r.Close()
}

// Scan reads a topic from its beginning to its present end, outside any group, partition by
// partition, until yield returns an error.
func (l *Log) Scan(ctx context.Context, topic string, yield func(Message) error) error {
	res, err := l.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return fmt.Errorf("log: reach brokers %v: %w", l.opt.Brokers, err)
	}
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			if err := l.scanPartition(ctx, topic, p.ID, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Log) scanPartition(ctx context.Context, topic string, partition int, yield func(Message) error) error {
	first, last, err := l.offsets(ctx, topic, partition)
	if err != nil || first >= last {
		return err
	}
	return l.scanSpan(ctx, topic, partition, span{first, last}, yield)
}

// A span of a partition: from an offset up to before another.
type span struct{ first, last int64 }

// scanSpan reads a span. What was compacted away leaves gaps, perhaps up to its end: a broker that has
// nothing more says so by an empty answer.
func (l *Log) scanSpan(ctx context.Context, topic string, partition int, s span, yield func(Message) error) error {
	conn, err := l.dialLeader(ctx, topic, partition)
	if err != nil {
		return fmt.Errorf("log: read topic %s: %w", topic, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() { stop(); _ = conn.Close() }()
	if _, err := conn.Seek(s.first, kafka.SeekAbsolute|kafka.SeekDontCheck); err != nil {
		return fmt.Errorf("log: read topic %s: %w", topic, err)
	}
	for at, empty := s.first, 0; at < s.last && empty < 3; {
		batch := conn.ReadBatchWith(kafka.ReadBatchConfig{MinBytes: 1, MaxBytes: 8 << 20, MaxWait: 250 * time.Millisecond})
		before := at
		at, err = scanBatch(batch, s.last, yield)
		if closing := batch.Close(); err == nil {
			err = closing
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("log: read topic %s: %w", topic, err)
		}
		if empty++; at > before {
			empty = 0
		}
	}
	return nil
}

// dialLeader asks one broker after the other who leads a partition.
func (l *Log) dialLeader(ctx context.Context, topic string, partition int) (conn *kafka.Conn, err error) {
	for _, broker := range l.opt.Brokers {
		if conn, err = l.dialer.DialLeader(ctx, "tcp", broker, topic, partition); err == nil || ctx.Err() != nil {
			break
		}
	}
	return conn, err
}

// scanBatch yields the messages of a batch that stand before an offset, and returns where it ended.
func scanBatch(batch *kafka.Batch, last int64, yield func(Message) error) (at int64, err error) {
	for {
		m, err := batch.ReadMessage()
		if errors.Is(err, io.EOF) || errors.Is(err, kafka.RequestTimedOut) {
			return batch.Offset(), nil
		}
		if err != nil {
			return batch.Offset(), err
		}
		if m.Offset >= last {
			return m.Offset, nil
		}
		b := Batch{last: map[int]kafka.Message{}}
		b.add(m)
		if err := yield(b.Messages[0]); err != nil {
			return m.Offset, err
		}
	}
}

// offsets returns a partition's first offset and the one after its last. A topic that was just made
// may still be without a leader: it is asked again for two seconds.
func (l *Log) offsets(ctx context.Context, topic string, partition int) (first, last int64, err error) {
	for range 10 {
		var refused kafka.Error
		first, last, err = l.listOffsets(ctx, topic, partition)
		if err == nil || !errors.As(err, &refused) || !refused.Temporary() {
			return first, last, err
		}
		select {
		case <-ctx.Done():
			return 0, 0, err
		case <-time.After(200 * time.Millisecond):
		}
	}
	return first, last, err
}

func (l *Log) listOffsets(ctx context.Context, topic string, partition int) (first, last int64, err error) {
	res, err := l.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		topic: {kafka.FirstOffsetOf(partition), kafka.LastOffsetOf(partition)},
	}})
	if err != nil {
		return 0, 0, fmt.Errorf("log: read offsets of topic %s: %w", topic, err)
	}
	offsets := res.Topics[topic]
	if len(offsets) == 0 {
		return 0, 0, errors.New("log: no such topic: " + topic)
	}
	if err := offsets[0].Error; err != nil {
		return 0, 0, fmt.Errorf("log: read offsets of topic %s: %w", topic, err)
	}
	return offsets[0].FirstOffset, offsets[0].LastOffset, nil
}
