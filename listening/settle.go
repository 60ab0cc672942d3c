package listening

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A subject is a stored mention with what decides how it is read.
type subject struct {
	Mention
	fingerprint Fingerprint
	editedAt    int64
}

// loadSubjects returns the mentions that a monitor has of posts, those of every monitor when it is
// empty, in order.
func loadSubjects(ctx context.Context, q sqldb.Querier, monitorID string, postIDs []string) (all []subject, err error) {
	for some := range slices.Chunk(postIDs, perQuery) {
		if all, err = appendSubjects(ctx, q, monitorID, some, all); err != nil {
			return nil, fmt.Errorf("load mentions: %w", err)
		}
	}
	return all, nil
}

func appendSubjects(ctx context.Context, q sqldb.Querier, monitorID string, postIDs []string, all []subject) ([]subject, error) {
	rows, err := q.Query(ctx, `SELECT m.post_id, m.monitor_id, m.author_id, m.posted_at, m.part, m.reach, m.language, m.polarity, m.score, m.confidence,
		m.intent, m.intent_confidence, m.model, p.fingerprint, p.edited_at, COALESCE(c.correction_id, ''), COALESCE(c.polarity, ''), COALESCE(c.score, 0),
		COALESCE(c.confidence, 0), COALESCE(c.intent, ''), COALESCE(c.intent_confidence, 0)
		FROM mentions m JOIN posts p ON p.id = m.post_id LEFT JOIN corrected_mentions c ON c.post_id = m.post_id AND c.monitor_id = m.monitor_id
		WHERE ($1 = '' OR m.monitor_id = $1) AND `+sqldb.In("m.post_id", 2, len(postIDs))+" ORDER BY m.post_id, m.monitor_id",
		append([]any{monitorID}, sqldb.Anys(postIDs)...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s subject
		var posted, fingerprint int64
		if err := rows.Scan(&s.PostID, &s.MonitorID, &s.AuthorID, &posted, &s.Part, &s.Reach, &s.Language, &s.Polarity, &s.Score, &s.Confidence,
			&s.Intent, &s.IntentConfidence, &s.Model, &fingerprint, &s.editedAt, &s.Correction, &s.ByModel.Polarity, &s.ByModel.Score,
			&s.ByModel.Confidence, &s.ByModel.Intent, &s.ByModel.IntentConfidence); err != nil {
			return nil, err
		}
		s.PostedAt, s.fingerprint, s.ByModel.Language = sqldb.FromMillis(posted), Fingerprint(fingerprint), s.Language
		all = append(all, s)
	}
	return all, rows.Err()
}

// settle reads the mentions that a monitor has of posts as the corrections that stand say, or as
// the model does where none decides. It returns the posts whose mentions are read differently.
func settle(ctx context.Context, tx *sqldb.Tx, monitorID string, postIDs []string) (changed []string, err error) {
	subjects, err := loadSubjects(ctx, tx, monitorID, postIDs)
	if err != nil || len(subjects) == 0 {
		return nil, err
	}
	standing, err := correctionsOf(ctx, tx, monitorID)
	if err != nil {
		return nil, err
	}
	r := &rereading{}
	for i := range subjects {
		s := &subjects[i]
		before := s.Mention
		if c := deciding(standing, s.PostID, s.fingerprint); c != nil {
			s.correct(c)
		} else {
			s.uncorrect()
		}
		if r.note(&before, &s.Mention) {
			changed = append(changed, s.PostID)
		}
	}
	return changed, r.save(ctx, tx)
}

// A rereading collects mentions that are read differently now.
type rereading struct {
	total     *counts
	mentions  [][]any
	released  [][]any // from their correction
	corrected [][]any
	changed   []string // posts of which whoever reads the topic of mentions is to be told
}

// note takes a change in, and says whether what people see of it changed.
func (r *rereading) note(before, after *Mention) bool {
	if *before == *after {
		return false
	}
	if r.total == nil {
		r.total = newCounts()
	}
	if before.Polarity != after.Polarity { // which is all of a reading that the cells count
		r.total.add(before, -1)
		r.total.add(after, 1)
	}
	if before.Reading != after.Reading {
		r.changed = append(r.changed, after.PostID)
	}
	r.mentions = append(r.mentions, []any{after.Language, string(after.Polarity), after.Score, after.Confidence, string(after.Intent), after.IntentConfidence, after.Model,
		after.PostID, after.MonitorID})
	if before.Correction != "" {
		r.released = append(r.released, []any{after.PostID, after.MonitorID})
	}
	if after.Correction != "" {
		r.corrected = append(r.corrected, after.correctedRow())
	}
	return before.Polarity != after.Polarity || before.Intent != after.Intent || before.Correction != after.Correction
}

// save writes the mentions and corrects their cells by exactly what changed.
func (r *rereading) save(ctx context.Context, tx *sqldb.Tx) error {
	if len(r.mentions) == 0 {
		return nil
	}
	if err := tx.ExecMany(ctx, `UPDATE mentions SET language = $1, polarity = $2, score = $3, confidence = $4, intent = $5, intent_confidence = $6, model = $7
		WHERE post_id = $8 AND monitor_id = $9`, r.mentions); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, "DELETE FROM corrected_mentions WHERE post_id = $1 AND monitor_id = $2", r.released); err != nil {
		return err
	}
	if err := saveCorrected(ctx, tx, r.corrected); err != nil {
		return err
	}
	if err := noteChanged(ctx, tx, r.changed); err != nil {
		return err
	}
	return r.total.save(ctx, tx)
}

// correctedRow is what is kept of a mention that is corrected.
func (m *Mention) correctedRow() []any {
	return []any{m.PostID, m.MonitorID, m.Correction, string(m.ByModel.Polarity), m.ByModel.Score, m.ByModel.Confidence, string(m.ByModel.Intent), m.ByModel.IntentConfidence}
}

func saveCorrected(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "corrected_mentions", Key: []string{"post_id", "monitor_id"},
		Columns: []string{"post_id", "monitor_id", "correction_id", "polarity", "score", "confidence", "intent", "intent_confidence"}}, rows)
	return err
}

// keepCorrections lets what a person said of the very posts that are edited stand: it outranks the
// model for the new text too.
func keepCorrections(ctx context.Context, tx *sqldb.Tx, edits []*Heard, postIDs []string) error {
	type key struct{ post, monitor string }
	own := make(map[key]*Correction)
	for some := range slices.Chunk(postIDs, perQuery) {
		found, err := queryCorrections(ctx, tx, "WHERE "+sqldb.In("c.post_id", 1, len(some)), sqldb.Anys(some)...)
		if err != nil {
			return err
		}
		for i := range found {
			own[key{found[i].PostID, found[i].MonitorID}] = &found[i]
		}
	}
	for _, h := range edits {
		for i := range h.Mentions {
			if c := own[key{h.PostID, h.Mentions[i].MonitorID}]; c != nil {
				h.Mentions[i].correct(c)
			}
		}
	}
	return nil
}

// A Reread is what a model says of a stored post's mention when it looks once more.
type Reread struct {
	PostID    string
	MonitorID string
	EditedAt  time.Time // of the text that was read: one that was edited since is left to its own reading
	Reading   post.Reading
	Model     string
}

// SaveRereads stores what a model says of stored mentions, with their cells. What a person corrected
// stays as it is; the model's word is noted beneath. It returns the posts whose mentions are read
// differently now.
func SaveRereads(ctx context.Context, tx *sqldb.Tx, rereads []Reread) (changed []string, err error) {
	type key struct{ post, monitor string }
	said := make(map[key]*Reread, len(rereads))
	var posts []string
	for i := range rereads {
		r := &rereads[i]
		said[key{r.PostID, r.MonitorID}] = r
		posts = append(posts, r.PostID)
	}
	slices.Sort(posts)
	subjects, err := loadSubjects(ctx, tx, "", slices.Compact(posts))
	if err != nil {
		return nil, err
	}
	reread := &rereading{}
	for i := range subjects {
		s := &subjects[i]
		r := said[key{s.PostID, s.MonitorID}]
		if r == nil || sqldb.Millis(r.EditedAt) != s.editedAt {
			continue
		}
		before := s.Mention
		if s.Model = r.Model; s.Correction != "" {
			s.ByModel = r.Reading
			s.ByModel.Language = s.Language // it goes with the mention
		} else {
			s.Reading = r.Reading
		}
		if reread.note(&before, &s.Mention) {
			changed = append(changed, s.PostID)
		}
	}
	return changed, reread.save(ctx, tx)
}
