package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
)

// A Reteller tells the topic of mentions what was read differently after the pipeline had told it:
// by a person's correction, by the classifier or by a new model. At least once.
type Reteller struct {
	DB       *sqldb.DB
	Log      *stream.Log
	Monitors *listening.Live
	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error) // nil: none is needed
}

const (
	retellAtOnce = 200 // posts
	retellLease  = 30 * time.Second
)

// Tell tells what there is to tell.
func (r *Reteller) Tell(ctx context.Context) error {
	for {
		posts, err := listening.ChangedMentions(ctx, r.DB, retellAtOnce)
		if err != nil || len(posts) == 0 {
			return err
		}
		if r.Lease != nil {
			if held, err := r.Lease(ctx, "retelling", retellLease); err != nil || !held {
				return err
			}
		}
		if err := r.tell(ctx, posts); err != nil {
			return err
		}
	}
}

// tell writes posts as they stand, and looks once more: what changed meanwhile may have been told
// by a pipeline before this was, so it is noted again.
func (r *Reteller) tell(ctx context.Context, posts []string) error {
	told, err := r.records(ctx, r.DB, posts)
	if err != nil {
		return err
	}
	if err := r.write(ctx, told); err != nil {
		return err
	}
	gone := make(map[string]stream.Message)
	err = r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := listening.ToldMentions(ctx, tx, posts); err != nil {
			return err
		}
		now, err := r.records(ctx, tx, posts)
		if err != nil {
			return err
		}
		clear(gone)
		var renew []string
		for id, message := range told {
			switch again, there := now[id]; {
			case !there: // deleted, and perhaps told so before this was
				value, _ := json.Marshal(map[string]any{"v": 1, "type": "delete", "id": id})
				gone[id] = stream.Message{Key: message.Key, Value: value}
			case !bytes.Equal(again.Value, message.Value):
				renew = append(renew, id)
			}
		}
		return listening.RenewChanged(ctx, tx, renew)
	})
	if err != nil {
		return err
	}
	return r.write(ctx, gone)
}

// records are the messages about posts as the database has them.
func (r *Reteller) records(ctx context.Context, q sqldb.Querier, posts []string) (map[string]stream.Message, error) {
	heard, err := listening.HeardAgain(ctx, q, posts)
	if err != nil {
		return nil, err
	}
	records := make(map[string]stream.Message, len(heard))
	for id, h := range heard {
		records[id] = stream.Message{Key: []byte(h.Event.Key().String()), Value: appendMention(nil, r.Monitors, h, true)}
	}
	return records, nil
}

func (r *Reteller) write(ctx context.Context, messages map[string]stream.Message) error {
	if len(messages) == 0 {
		return nil
	}
	list := make([]stream.Message, 0, len(messages))
	for _, m := range messages {
		list = append(list, m)
	}
	if err := r.Log.Write(ctx, r.Log.Topics().Mentions, list); err != nil {
		return fmt.Errorf("write mentions: %w", err)
	}
	return nil
}
