// Package memory is what several processes share and nobody misses after a restart: the live
// feed, leases and the state of the sources. It speaks Redis's protocol to a Redis server, or to a server of its own in
// this process; the client is the same. Nothing lives here that cannot be rebuilt.
package memory

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Options say where the shared memory is.
type Options struct {
	Address  string // host:port of a Redis server; empty: the embedded one
	User     string
	Password string
	DB       int
	TLS      *tls.Config // nil: plain text
}

// Memory is an open connection. It is safe for concurrent use.
type Memory struct {
	client *redis.Client
	server *miniredis.Miniredis // nil on a Redis server
	owner  string               // names this process in leases
	stop   chan struct{}
}

// Open connects, and starts the embedded server where no address is given.
func Open(ctx context.Context, opt Options) (*Memory, error) {
	m := &Memory{owner: rand.Text(), stop: make(chan struct{})}
	if opt.Address == "" {
		m.server = miniredis.NewMiniRedis()
		if err := m.server.StartAddr("127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("memory: start the embedded server: %w", err)
		}
		opt.Address = m.server.Addr()
		go m.runClock()
	}
	m.client = redis.NewClient(&redis.Options{Addr: opt.Address, Username: opt.User, Password: opt.Password, DB: opt.DB,
		TLSConfig: opt.TLS, DialTimeout: 3 * time.Second, ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second, ClientName: "groundswell"})
	if err := m.Ping(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// runClock lets the embedded server's keys expire: its clock stands still by itself.
func (m *Memory) runClock() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.server.FastForward(time.Second)
		case <-m.stop:
			return
		}
	}
}

// Ping says whether the server answers.
func (m *Memory) Ping(ctx context.Context) error {
	if err := m.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("memory: reach %s: %w: check memory.address and its password", m.client.Options().Addr, err)
	}
	return nil
}

// Close ends the connection and the embedded server.
func (m *Memory) Close() error {
	close(m.stop)
	err := m.client.Close()
	if m.server != nil {
		m.server.Close()
	}
	return err
}

// leaseScript takes or prolongs a lease: it is ours when nobody has it or we do.
var leaseScript = redis.NewScript(`
local owner = redis.call("GET", KEYS[1])
if owner == false or owner == ARGV[1] then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
  return 1
end
return 0`)

// Lease takes or prolongs the lease of that name for ttl, and says whether this process holds it.
func (m *Memory) Lease(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	n, err := leaseScript.Run(ctx, m.client, []string{"groundswell:lease:" + name}, m.owner, ttl.Milliseconds()).Int()
	if err != nil {
		return false, fmt.Errorf("memory: lease %s: %w", name, err)
	}
	return n == 1, nil
}

// Share keeps one field of a shared record for ttl, so that every process can read it.
func (m *Memory) Share(ctx context.Context, record, field string, value []byte, ttl time.Duration) error {
	pipe := m.client.TxPipeline()
	pipe.HSet(ctx, "groundswell:"+record, field, value)
	pipe.Expire(ctx, "groundswell:"+record, ttl)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("memory: share %s: %w", record, err)
	}
	return nil
}

// Shared returns the fields of a shared record.
func (m *Memory) Shared(ctx context.Context, record string) (map[string]string, error) {
	fields, err := m.client.HGetAll(ctx, "groundswell:"+record).Result()
	if err != nil {
		return nil, fmt.Errorf("memory: read %s: %w", record, err)
	}
	return fields, nil
}

// Publish sends a payload to whoever listens to the channel now.
func (m *Memory) Publish(ctx context.Context, channel string, payload []byte) error {
	if err := m.client.Publish(ctx, "groundswell:"+channel, payload).Err(); err != nil {
		return fmt.Errorf("memory: publish to %s: %w", channel, err)
	}
	return nil
}

// Subscribe calls receive with each payload of the channel until ctx ends. It reconnects by
// itself; what is published meanwhile is missed.
func (m *Memory) Subscribe(ctx context.Context, channel string, receive func(payload []byte)) error {
	sub := m.client.Subscribe(ctx, "groundswell:"+channel)
	defer func() { _ = sub.Close() }()
	messages := sub.Channel(redis.WithChannelSize(1000))
	for {
		select {
		case <-ctx.Done():
			return nil
		case msg, ok := <-messages:
			if !ok {
				return nil
			}
			receive([]byte(msg.Payload))
		}
	}
}
