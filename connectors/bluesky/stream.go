package bluesky

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/groundswell/groundswell/connectors"
	"github.com/klauspost/compress/zstd"
)

const (
	maxFrame     = 2 << 20 // bytes of one message on the wire
	maxPlain     = 4 << 20 // and decompressed
	dialTimeout  = 20 * time.Second
	markEvery    = time.Second
	missingAfter = time.Minute // a first event so much later than asked for means a gap
	microsFrom   = 1e15        // v2: cursors from here on are times
)

// A stream is one open connection.
type stream struct {
	*Source
	url     string
	conn    *websocket.Conn
	zstd    *zstd.Decoder // nil: plain
	decode  func([]byte) (frame, error)
	asked   time.Time // when the stream was to begin; zero: at the present
	started bool
	marked  time.Time
}

// dial connects to an instance, to go on at the place. It tells out of a gap that it knows of.
func (s *Source) dial(ctx context.Context, instance string, from place, out connectors.Out) (*stream, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	st := &stream{Source: s, url: instance, decode: decodeV1}
	query := url.Values{"maxMessageSizeBytes": {strconv.Itoa(maxPlain)}}
	path, filter, dids := "/subscribe", "wantedCollections", "wantedDids"
	if s.Wire == "v2" {
		path, filter, dids, st.decode = "/xrpc/network.bsky.jetstream.subscribeEvents", "collections", "dids", decodeV2
		query["kinds"] = []string{"commit", "identity", "account"}
	}
	query[filter] = []string{postCollection, repostCollection}
	if len(s.DIDs) > 0 {
		query[dids] = s.DIDs
	}
	if err := st.compression(ctx, query); err != nil {
		return nil, err
	}
	if !from.at.IsZero() {
		st.asked = from.at.Add(-s.Overlap)
		query.Set("cursor", strconv.FormatInt(st.asked.UnixMicro(), 10))
		if s.Wire == "v2" && from.url == instance && from.seq > 0 {
			st.asked = from.at
			query.Set("cursor", strconv.FormatInt(from.seq, 10)) // inclusive: the last one is heard again
		}
	}
	conn, res, err := websocket.Dial( //nolint:bodyclose // the library has read and closed it
		ctx, instance+path+"?"+query.Encode(), &websocket.DialOptions{HTTPClient: s.deps.Client,
			Subprotocols: subprotocols[s.Wire], CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		err := refusal(res, err, time.Now())
		if errors.Is(err, errTooOld) && out != nil {
			// What lies between is gone; go on from the oldest there is.
			return s.dial(ctx, instance, place{url: "another", at: from.at}, out)
		}
		return nil, err
	}
	conn.SetReadLimit(maxFrame)
	st.conn = conn
	return st, nil
}

var subprotocols = map[string][]string{"v2": {"xrpc.v1.json"}}

// compression sets up zstd with the server's dictionary.
func (st *stream) compression(ctx context.Context, query url.Values) error {
	if !st.Compress {
		return nil
	}
	dictionary := st.dictionary
	if st.Wire == "v2" {
		var err error
		if dictionary, err = st.fetchDictionary(ctx); err != nil {
			return err
		}
		query.Set("zstdDictionary", strconv.FormatUint(uint64(binary.LittleEndian.Uint32(dictionary[4:])), 10))
	} else {
		query.Set("compress", "true")
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary), zstd.WithDecoderMaxMemory(maxPlain), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("the zstd dictionary cannot be used: %w: %w", err, connectors.ErrConfig)
	}
	st.zstd = decoder
	return nil
}

// fetchDictionary gets the instance's dictionary (RFC 8878, section 5: magic number, id, tables).
func (st *stream) fetchDictionary(ctx context.Context) ([]byte, error) {
	address := "http" + strings.TrimPrefix(st.url, "ws") + "/xrpc/network.bsky.jetstream.getZstdDictionary"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch zstd dictionary: %w", err)
	}
	res, err := st.deps.Client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetch zstd dictionary: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch zstd dictionary: the server answers %s", res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDictionary+1))
	if err != nil || len(body) > maxDictionary || len(body) < 8 {
		return nil, fmt.Errorf("fetch zstd dictionary: %d bytes, want 8 to %d: %w", len(body), maxDictionary, err)
	}
	return body, nil
}

// errTooOld says that the instance holds nothing as old as the cursor.
var errTooOld = errors.New("the cursor is older than what the instance holds")

// refusal classifies a handshake that failed.
func refusal(res *http.Response, err error, now time.Time) error {
	if res == nil {
		return fmt.Errorf("connect: %w", err)
	}
	var problem struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if res.Body != nil {
		_ = json.NewDecoder(io.LimitReader(res.Body, 4096)).Decode(&problem)
	}
	said := strings.TrimSpace(res.Status + " " + problem.Error + " " + problem.Message)
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("the instance answers %s: %w", said, connectors.ErrAuth)
	case http.StatusTooManyRequests:
		wait, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil || wait < 1 {
			wait = 60
		}
		return &connectors.Throttled{Until: now.Add(time.Duration(min(wait, 86_400)) * time.Second), Err: errors.New(said)}
	case http.StatusBadRequest:
		switch problem.Error {
		case "CursorTooOld":
			return fmt.Errorf("%s: %w", said, errTooOld)
		case "UnknownZstdDictionary":
			return errors.New(said) // the next try fetches the present one
		}
		return fmt.Errorf("the instance answers %s: %w", said, connectors.ErrConfig)
	case http.StatusNotFound:
		return fmt.Errorf("the instance answers %s: it does not serve this wire: %w", said, connectors.ErrConfig)
	}
	return fmt.Errorf("the instance answers %s", said)
}

func (st *stream) close() {
	if st.zstd != nil {
		st.zstd.Close()
	}
	_ = st.conn.CloseNow()
}

// read reads until ctx or the connection ends.
func (st *stream) read(ctx context.Context, out connectors.Out) error {
	defer st.close()
	out.Connected()
	var plain []byte
	for {
		kind, raw, err := st.conn.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("read from %s: %w", hostOf(st.url), err)
		}
		out.Heard(len(raw))
		if kind == websocket.MessageBinary {
			if st.zstd == nil {
				return fmt.Errorf("%s sends compressed frames that nobody asked for", hostOf(st.url))
			}
			if plain, err = st.zstd.DecodeAll(raw, plain[:0]); err != nil {
				if err := out.Refuse(ctx, raw, fmt.Sprintf("zstd: %v", err)); err != nil {
					return err
				}
				continue
			}
			raw = plain
		}
		if err := st.take(ctx, raw, out); err != nil {
			return err
		}
	}
}

// take handles one message. The error ends the connection.
func (st *stream) take(ctx context.Context, raw []byte, out connectors.Out) error {
	f, err := st.decode(raw)
	if err != nil {
		return out.Refuse(ctx, raw, err.Error())
	}
	switch f.kind {
	case "error":
		return fmt.Errorf("%s ends the stream: %s %s", hostOf(st.url), f.name, f.text)
	case "info":
		return st.inform(&f)
	case "identity":
		if f.handle != "" {
			st.handles.Add(f.did, f.handle)
		}
	}
	if err := st.begin(ctx, &f, out); err != nil {
		return err
	}
	e, ok, err := f.event()
	at := place{st.url, f.seq, f.time}
	switch {
	case err != nil:
		return out.Refuse(ctx, raw, err.Error())
	case ok:
		st.author(&e.Post)
		e.ReceivedAt = st.deps.Now()
		return out.Emit(ctx, e, at.String())
	case time.Since(st.marked) >= markEvery: // so that a restart need not read it all again
		st.marked = time.Now()
		return out.Mark(ctx, at.String())
	}
	return nil
}

// inform hears what the instance says of the cursor.
func (st *stream) inform(f *frame) error {
	st.deps.Logger.Info("the instance says", "name", f.name, "message", f.text)
	if f.name == "FutureCursor" { // it is another archive than the one the cursor is from
		st.deps.Logger.Warn("the instance does not know the cursor: what was said meanwhile may be missing")
	}
	return nil
}

// begin looks at the first event: one much later than what was asked for means that the instance
// did not hold what lies between. With accounts of its own choice a stream is too sparse to tell.
func (st *stream) begin(ctx context.Context, f *frame, out connectors.Out) error {
	if st.started {
		return nil
	}
	st.started = true
	if st.asked.IsZero() || len(st.DIDs) > 0 || f.time.Sub(st.asked) <= missingAfter {
		return nil
	}
	return out.Gap(ctx, st.asked, f.time, "the Jetstream instance did not hold what was said before it")
}
