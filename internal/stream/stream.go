// Package stream is the log: what connectors write and pipelines read, over the Kafka protocol.
// It runs on a Kafka cluster, or on a broker of its own in the data folder (embedded.go); the
// client is the same, so there is one code path.
//
// Writing returns when the log has acknowledged, and waits while the log is slow: that is the
// back-pressure that reaches the networks. Reading is at least once: a batch is read again unless
// it was committed.
package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// MaxMessage is the largest message the log takes, in bytes: an event of 1 MiB and what is added to it.
const MaxMessage = 2 << 20

// Topics are the names of the topics.
type Topics struct {
	Posts    string // events from the networks
	Mentions string // enriched mentions, for any other consumer
	CRM      string // changes of records of the CRM, for any other consumer
	Dead     string // what could not be decoded, with its reason
}

// Options say where the log is and how to reach it.
type Options struct {
	Brokers    []string      // host:port of a Kafka cluster; empty: the embedded broker
	Dir        string        // the embedded broker's folder
	Listen     string        // the embedded broker's loopback address; port 0: one that stays the same
	SyncWrites bool          // embedded: survive power failure, not only a crash
	Topics     Topics        //
	Partitions int           // of the posts topic; a topic with fewer is refused
	Retention  time.Duration // how long topics that Groundswell creates keep messages
	TLS        *tls.Config   // nil: plain text
	SASL       SASL          //
	Logger     *slog.Logger  //
}

// SASL names how to sign in to a Kafka cluster.
type SASL struct {
	Mechanism string // empty, PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
	User      string
	Password  string
}

// A Message is one entry of a topic.
type Message struct {
	Key, Value []byte
	Headers    []Header
	Partition  int       // set when read
	Offset     int64     // set when read
	Time       time.Time // when it was written; set when read
}

// A Header is a named value beside a message.
type Header struct {
	Key   string
	Value []byte
}

// Header returns the value of the named header, or nil.
func (m *Message) Header(key string) []byte {
	for _, h := range m.Headers {
		if h.Key == key {
			return h.Value
		}
	}
	return nil
}

// A Log is an open connection to the log.
type Log struct {
	opt       Options
	addr      net.Addr
	transport *kafka.Transport
	dialer    *kafka.Dialer
	client    *kafka.Client
	writer    *kafka.Writer
	embedded  *embedded // nil on a cluster

	compacting sync.Mutex // one compaction at a time changes settings of topics
}

// Open connects to the log, starts the embedded broker where no cluster is named, and creates
// the topics that are missing.
func Open(ctx context.Context, opt Options) (*Log, error) {
	var broker *embedded
	if len(opt.Brokers) == 0 {
		var err error
		if broker, err = startEmbedded(opt); err != nil {
			return nil, err
		}
		opt.Brokers = []string{broker.addr}
	}
	l, err := Connect(opt)
	if err != nil {
		return nil, errors.Join(err, broker.close())
	}
	l.embedded = broker
	if err := l.ensureTopics(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Connect makes a client of a running log. It reaches out only when used.
func Connect(opt Options) (*Log, error) {
	mechanism, err := opt.SASL.mechanism()
	if err != nil {
		return nil, err
	}
	l := &Log{opt: opt, addr: kafka.TCP(opt.Brokers...)}
	l.transport = &kafka.Transport{TLS: opt.TLS, SASL: mechanism, DialTimeout: 5 * time.Second, MetadataTTL: 5 * time.Second}
	l.dialer = &kafka.Dialer{TLS: opt.TLS, SASLMechanism: mechanism, Timeout: 5 * time.Second, DualStack: true}
	l.client = &kafka.Client{Addr: l.addr, Transport: l.transport, Timeout: 10 * time.Second}
	l.writer = newWriter(l.addr, l.transport)
	return l, nil
}

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Mechanism{Username: s.User, Password: s.Password}, nil
	case "SCRAM-SHA-256":
		return scram.Mechanism(scram.SHA256, s.User, s.Password)
	case "SCRAM-SHA-512":
		return scram.Mechanism(scram.SHA512, s.User, s.Password)
	}
	return nil, fmt.Errorf("log: SASL mechanism %q: want PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", s.Mechanism)
}

// Brokers are the addresses the log answers at.
func (l *Log) Brokers() []string { return l.opt.Brokers }

// Topics are the names of the topics.
func (l *Log) Topics() Topics { return l.opt.Topics }

// Ping says whether the log answers and has its topics.
func (l *Log) Ping(ctx context.Context) error {
	_, err := l.partitions(ctx)
	return err
}

// Close ends writing and then the embedded broker. Readers must be closed before.
func (l *Log) Close() error {
	err := l.writer.Close()
	l.transport.CloseIdleConnections()
	return errors.Join(err, l.embedded.close())
}

// ensureTopics creates the missing topics and checks the others.
func (l *Log) ensureTopics(ctx context.Context) error {
	have, err := l.partitions(ctx)
	if err != nil {
		return err
	}
	want := map[string]int{l.opt.Topics.Posts: l.opt.Partitions, l.opt.Topics.Mentions: l.opt.Partitions, l.opt.Topics.CRM: l.opt.Partitions, l.opt.Topics.Dead: 1}
	var missing []kafka.TopicConfig
	for topic, n := range want {
		switch {
		case have[topic] == 0:
			missing = append(missing, kafka.TopicConfig{Topic: topic, NumPartitions: n, ReplicationFactor: l.replicas(ctx), ConfigEntries: []kafka.ConfigEntry{
				{ConfigName: "retention.ms", ConfigValue: strconv.FormatInt(l.opt.Retention.Milliseconds(), 10)},
				{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(MaxMessage)},
			}})
		case have[topic] < n:
			return fmt.Errorf("log: topic %s has %d partitions, the configuration wants %d: add partitions to the topic or lower log.partitions",
				topic, have[topic], n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	res, err := l.client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: missing})
	if err != nil {
		return fmt.Errorf("log: create topics: %w", err)
	}
	for topic, err := range res.Errors {
		if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			return fmt.Errorf("log: create topic %s: %w: create it by hand or allow it", topic, err)
		}
	}
	return nil
}

// replicas is three on a cluster that has three brokers, else one.
func (l *Log) replicas(ctx context.Context) int {
	res, err := l.client.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil || len(res.Brokers) < 3 {
		return 1
	}
	return 3
}

// partitions returns the number of partitions of each of our topics that exists.
func (l *Log) partitions(ctx context.Context) (map[string]int, error) {
	names := []string{l.opt.Topics.Posts, l.opt.Topics.Mentions, l.opt.Topics.CRM, l.opt.Topics.Dead}
	res, err := l.client.Metadata(ctx, &kafka.MetadataRequest{Topics: names})
	if err != nil {
		return nil, fmt.Errorf("log: reach brokers %v: %w: check log.brokers, TLS and SASL", l.opt.Brokers, err)
	}
	have := make(map[string]int)
	for _, t := range res.Topics {
		if t.Error == nil {
			have[t.Name] = len(t.Partitions)
		}
	}
	return have, nil
}
