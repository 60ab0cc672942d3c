package memory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Try is an attempt that may fail, of somebody or from somewhere. After some free failures each
// further one doubles the time until the next attempt.
type Try struct {
	Key         string // of whom; kept as a hash: people type their password into the name
	Free        int    // failures that cost nothing
	First, Most time.Duration
}

// tryForget is how long after the last failure all are forgotten, as keepers in a process do, too.
const tryForget = time.Hour

func tryKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "groundswell:tries:" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// tryScript counts a failure for each key, or, where one of them has to wait, says for how many
// milliseconds and counts nothing. Both in one go, so that attempts that run at once count each.
var tryScript = redis.NewScript(`
local now, forget, longest, counts = tonumber(ARGV[1]), ARGV[2], 0, {}
for i, key in ipairs(KEYS) do
  local free, first, most = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local had = redis.call("HMGET", key, "failures", "last")
  local failures, last, wait = tonumber(had[1] or 0), tonumber(had[2] or 0), 0
  if failures >= free then
    wait = most
    if failures - free < 20 then wait = math.min(first * 2 ^ (failures - free), most) end
  end
  counts[i] = failures
  longest = math.max(longest, last + wait - now)
end
if longest > 0 then return math.ceil(longest) end
for i, key in ipairs(KEYS) do
  redis.call("HSET", key, "failures", counts[i] + 1, "last", ARGV[1])
  redis.call("PEXPIRE", key, forget)
end
return 0`)

// Try admits an attempt, which counts as failed until Forgive says otherwise, or says how long to wait.
func (m *Memory) Try(ctx context.Context, now time.Time, tries ...Try) (wait time.Duration, err error) {
	keys, args := make([]string, len(tries)), []any{now.UnixMilli(), tryForget.Milliseconds()}
	for i, t := range tries {
		keys[i] = tryKey(t.Key)
		args = append(args, t.Free, t.First.Milliseconds(), t.Most.Milliseconds())
	}
	ms, err := tryScript.Run(ctx, m.client, keys, args...).Int64()
	if err != nil {
		return 0, fmt.Errorf("memory: count an attempt: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// forgiveScript takes one failure back, of what is remembered.
var forgiveScript = redis.NewScript(`
if tonumber(redis.call("HGET", KEYS[1], "failures") or 0) > 0 then redis.call("HINCRBY", KEYS[1], "failures", -1) end
return 0`)

// Forgive takes the last attempt back, or all of them.
func (m *Memory) Forgive(ctx context.Context, key string, all bool) (err error) {
	if all {
		err = m.client.Del(ctx, tryKey(key)).Err()
	} else {
		err = forgiveScript.Run(ctx, m.client, []string{tryKey(key)}).Err()
	}
	if err != nil {
		return fmt.Errorf("memory: forgive an attempt: %w", err)
	}
	return nil
}
