package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/segmentio/kafka-go"
)

// newWriter sets what the library leaves at values that are wrong here: BatchTimeout is a second
// by default, in which a writer that waits for its acknowledgement writes one message.
func newWriter(addr net.Addr, transport *kafka.Transport) *kafka.Writer {
	return &kafka.Writer{
		Addr:         addr,
		Transport:    transport,
		Balancer:     &kafka.Hash{},
		RequiredAcks: kafka.RequireAll,
		BatchTimeout: 2 * time.Millisecond,
		BatchSize:    1000,
		BatchBytes:   MaxMessage,
		Compression:  kafka.Snappy,
		MaxAttempts:  3,
	}
}

// Write writes messages to a topic and returns when the log has acknowledged all of them. While
// the log is out of reach it tries again, with full jitter, until ctx ends; a message may then
// stand in the log twice, and is never missing.
func (l *Log) Write(ctx context.Context, topic string, messages []Message) error {
	out := make([]kafka.Message, len(messages))
	for i, m := range messages {
		if len(m.Value) > MaxMessage-4096 {
			return fmt.Errorf("log: message %d for topic %s: %d bytes, at most %d: %w", i, topic, len(m.Value), MaxMessage-4096, ErrTooLarge)
		}
		out[i] = kafka.Message{Topic: topic, Key: m.Key, Value: m.Value}
		for _, h := range m.Headers {
			out[i].Headers = append(out[i].Headers, kafka.Header{Key: h.Key, Value: h.Value})
		}
	}
	for try := 0; ; try++ {
		err := l.writer.WriteMessages(ctx, out...)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("log: write to topic %s: %w", topic, errors.Join(ctx.Err(), err))
		}
		out = unwritten(out, err)
		l.opt.Logger.Warn("log is out of reach, trying again", "topic", topic, "messages", len(out), "err", err)
		if !sleep(ctx, fullJitter(try)) {
			return fmt.Errorf("log: write to topic %s: %w", topic, errors.Join(ctx.Err(), err))
		}
	}
}

// ErrTooLarge says that a message exceeds MaxMessage.
var ErrTooLarge = errors.New("message too large for the log")

// unwritten keeps the messages that an error names, in order.
func unwritten(messages []kafka.Message, err error) []kafka.Message {
	var each kafka.WriteErrors
	if !errors.As(err, &each) || len(each) != len(messages) {
		return messages
	}
	left := messages[:0]
	for i, m := range messages {
		if each[i] != nil {
			left = append(left, m)
		}
	}
	return left
}

// fullJitter is a random pause below 100 ms · 2^try, 5 s at most (Brooker, "Exponential Backoff
// And Jitter", 2015).
func fullJitter(try int) time.Duration {
	return rand.N(min(100*time.Millisecond<<min(try, 10), 5*time.Second)) + 1
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
