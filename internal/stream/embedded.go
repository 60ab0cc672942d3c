package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/twmb/franz-go/pkg/kfake"
)

// embedded is a broker that speaks Kafka's protocol, durable in a folder of its own. An
// acknowledged message survives a crash of the process; with SyncWrites, of the machine too.
type embedded struct {
	cluster *kfake.Cluster
	lock    *flock.Flock
	addr    string
	stop    chan struct{}
	stopped chan struct{}
}

// ErrLocked says that another process uses the data folder.
var ErrLocked = errors.New("the data folder is in use by another groundswell: stop that one or choose another --data")

const addressFile = "address"

func startEmbedded(opt Options) (*embedded, error) {
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("log: make folder: %w", err)
	}
	lock := flock.New(filepath.Join(opt.Dir, "lock")) // the broker itself would let two in
	if ok, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("log: lock %s: %w", opt.Dir, err)
	} else if !ok {
		return nil, fmt.Errorf("log: %s: %w", opt.Dir, ErrLocked)
	}
	b, err := startLocked(opt, lock)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return b, nil
}

func startLocked(opt Options, lock *flock.Flock) (*embedded, error) {
	if err := finishScour(opt.Dir); err != nil {
		return nil, err
	}
	port, err := choosePort(opt)
	if err != nil {
		return nil, err
	}
	opts := []kfake.Opt{
		kfake.NumBrokers(1), kfake.Ports(port), kfake.DataDir(filepath.Join(opt.Dir, "segments")),
		kfake.ListenFn(func(network, address string) (net.Listener, error) {
			_, p, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return listen("tcp4", net.JoinHostPort("127.0.0.1", p))
		}),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": strconv.Itoa(MaxMessage)}),
		kfake.GroupMinSessionTimeout(time.Second),
		kfake.WithLogger(kfake.BasicLogger(brokerLog{opt}, kfake.LogLevelWarn)),
	}
	if opt.SyncWrites {
		opts = append(opts, kfake.SyncWrites())
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return nil, fmt.Errorf("log: start the embedded broker on 127.0.0.1:%d: %w: free the port or set log.listen", port, err)
	}
	b := &embedded{cluster: cluster, lock: lock, addr: cluster.ListenAddrs()[0], stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := os.WriteFile(filepath.Join(opt.Dir, addressFile), []byte(b.addr+"\n"), 0o600); err != nil {
		cluster.Close()
		return nil, fmt.Errorf("log: write address: %w", err)
	}
	go b.retain()
	return b, nil
}

// listen opens a port at once or not at all.
func listen(network, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(context.Background(), network, address)
}

// choosePort takes the configured port, else the one of last time while it is free, so that
// clients find the broker again after a restart.
func choosePort(opt Options) (int, error) {
	host, port, err := net.SplitHostPort(opt.Listen)
	if err != nil {
		return 0, fmt.Errorf("log: listen address %q: want 127.0.0.1:PORT", opt.Listen)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return 0, fmt.Errorf("log: listen address %q: the embedded broker has no passwords and listens on loopback only", opt.Listen)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0, fmt.Errorf("log: listen address %q: want 127.0.0.1:PORT", opt.Listen)
	}
	if n != 0 {
		return n, nil
	}
	if last, err := EmbeddedAddress(opt.Dir); err == nil {
		if l, err := listen("tcp4", last); err == nil {
			defer l.Close()
			return l.Addr().(*net.TCPAddr).Port, nil
		}
	}
	return 0, nil
}

// EmbeddedAddress is where the broker of that folder listens, or listened last.
func EmbeddedAddress(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return "", fmt.Errorf("log: no groundswell has run on this data folder: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

// retain drops what is older than each topic's retention; the broker does so only when asked.
func (b *embedded) retain() {
	defer close(b.stopped)
	timer := time.NewTicker(time.Minute)
	defer timer.Stop()
	for {
		b.cluster.ApplyRetention()
		select {
		case <-timer.C:
		case <-b.stop:
			return
		}
	}
}

func (b *embedded) close() error {
	if b == nil {
		return nil
	}
	close(b.stop)
	<-b.stopped
	b.cluster.Close()
	return b.lock.Unlock()
}

// brokerLog passes the embedded broker's warnings on.
type brokerLog struct{ opt Options }

func (l brokerLog) Write(p []byte) (int, error) {
	if l.opt.Logger != nil {
		l.opt.Logger.Warn("embedded broker", "message", strings.TrimSpace(string(p)))
	}
	return len(p), nil
}
