package listening

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// nearSpan is how far apart in time near-duplicates are looked for: a wave of copies lasts days.
const nearSpan = 30 * 24 * time.Hour

// Correct saves what a person says a mention is, and reads it and its near-duplicates so, their
// cells with them. A mention that was corrected before is corrected anew. It returns the posts
// whose mentions are read differently now.
func Correct(ctx context.Context, tx *sqldb.Tx, c Correction) (saved Correction, changed []string, err error) {
	if err := c.Validate(); err != nil {
		return Correction{}, nil, err
	}
	subjects, err := loadSubjects(ctx, tx, c.MonitorID, []string{c.PostID})
	if err == nil && len(subjects) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Correction{}, nil, fmt.Errorf("correct mention %s of monitor %s: %w", c.PostID, c.MonitorID, err)
	}
	s := &subjects[0]
	c.ID, c.Fingerprint = newID(c.At), s.fingerprint
	c.PolarityBefore, c.IntentBefore = s.Polarity, s.Intent
	if _, err := tx.Exec(ctx, "DELETE FROM corrections WHERE post_id = $1 AND monitor_id = $2", c.PostID, c.MonitorID); err != nil {
		return Correction{}, nil, fmt.Errorf("save correction: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO corrections (id, post_id, monitor_id, fingerprint, polarity, intent, polarity_before, intent_before,
		corrected_by, corrected_at, settled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, c.ID, c.PostID, c.MonitorID, int64(c.Fingerprint),
		string(c.Polarity), string(c.Intent), string(c.PolarityBefore), string(c.IntentBefore), c.By, sqldb.Millis(c.At), false)
	if err != nil {
		return Correction{}, nil, fmt.Errorf("save correction: %w", err)
	}
	near, err := nearDuplicates(ctx, tx, c.Fingerprint, s.PostedAt)
	if err != nil {
		return Correction{}, nil, err
	}
	changed, err = settle(ctx, tx, c.MonitorID, append(near, c.PostID))
	return c, changed, err
}

// Uncorrect undoes a correction: the mention and its near-duplicates are read as the model does, or
// as another correction says. It returns the posts whose mentions are read differently now.
func Uncorrect(ctx context.Context, tx *sqldb.Tx, id string) (c Correction, changed []string, err error) {
	found, err := queryCorrections(ctx, tx, "WHERE c.id = $1", id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Correction{}, nil, fmt.Errorf("undo correction %s: %w", id, err)
	}
	affected, err := ids(ctx, tx, "SELECT post_id FROM corrected_mentions WHERE correction_id = $1 ORDER BY post_id", id)
	if err != nil {
		return Correction{}, nil, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM corrections WHERE id = $1", id); err != nil {
		return Correction{}, nil, fmt.Errorf("undo correction %s: %w", id, err)
	}
	changed, err = settle(ctx, tx, found[0].MonitorID, affected)
	return found[0], changed, err
}

// Unsettled returns the corrections made before a time for which Settle was not called yet.
func Unsettled(ctx context.Context, q sqldb.Querier, before time.Time) ([]Correction, error) {
	return queryCorrections(ctx, q, "WHERE NOT c.settled AND c.corrected_at < $1 ORDER BY c.corrected_at LIMIT 100", sqldb.Millis(before))
}

// Settle looks for near-duplicates once more: a pipeline may have read some before it knew of the
// correction, and stored them after the correction had looked.
func Settle(ctx context.Context, tx *sqldb.Tx, c *Correction) (changed []string, err error) {
	near, err := nearDuplicates(ctx, tx, c.Fingerprint, c.At)
	if err != nil {
		return nil, err
	}
	if changed, err = settle(ctx, tx, c.MonitorID, near); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "UPDATE corrections SET settled = $1 WHERE id = $2", true, c.ID); err != nil {
		return nil, fmt.Errorf("settle correction %s: %w", c.ID, err)
	}
	return changed, nil
}

// nearDuplicates finds the stored posts whose text is nearly the same.
func nearDuplicates(ctx context.Context, tx *sqldb.Tx, f Fingerprint, around time.Time) (near []string, err error) {
	if f == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, "SELECT id, fingerprint FROM posts WHERE posted_at >= $1 AND posted_at <= $2 AND fingerprint <> 0",
		sqldb.Millis(around.Add(-nearSpan)), sqldb.Millis(around.Add(nearSpan)))
	if err != nil {
		return nil, fmt.Errorf("look for near-duplicates: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var other int64
		if err := rows.Scan(&id, &other); err != nil {
			return nil, fmt.Errorf("look for near-duplicates: %w", err)
		}
		if f.Near(Fingerprint(other)) {
			near = append(near, id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for near-duplicates: %w", err)
	}
	slices.Sort(near)
	return near, nil
}

const correctionColumns = `c.id, c.post_id, c.monitor_id, c.fingerprint, c.polarity, c.intent, c.polarity_before, c.intent_before, c.corrected_by, c.corrected_at`

func queryCorrections(ctx context.Context, q sqldb.Querier, condition string, args ...any) ([]Correction, error) {
	rows, err := q.Query(ctx, "SELECT "+correctionColumns+" FROM corrections c "+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("load corrections: %w", err)
	}
	defer rows.Close()
	var all []Correction
	for rows.Next() {
		var c Correction
		if err := c.scan(rows.Scan); err != nil {
			return nil, fmt.Errorf("load corrections: %w", err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load corrections: %w", err)
	}
	return all, nil
}

// scan reads the columns of a correction, and what follows them into more.
func (c *Correction) scan(scan func(...any) error, more ...any) error {
	var fingerprint, at int64
	err := scan(append([]any{&c.ID, &c.PostID, &c.MonitorID, &fingerprint, &c.Polarity, &c.Intent, &c.PolarityBefore, &c.IntentBefore, &c.By, &at}, more...)...)
	c.Fingerprint, c.At = Fingerprint(fingerprint), sqldb.FromMillis(at)
	return err
}

// correctionsOf returns the corrections of a monitor, the newest first.
func correctionsOf(ctx context.Context, q sqldb.Querier, monitorID string) ([]Correction, error) {
	return queryCorrections(ctx, q, "WHERE c.monitor_id = $1 ORDER BY c.corrected_at DESC, c.id DESC", monitorID)
}

// A CorrectedText is a correction with what it corrects, for those who show it and for training.
type CorrectedText struct {
	Correction
	Monitor  string // name
	Text     string // empty when the post is gone
	Language string // in which the text was read
	Near     int64  // how many other mentions are read by it
}

// Example is a line for training: polarity, tab, text. ok is false where there is nothing to learn:
// the text is gone, or its polarity was not corrected. A text that a spreadsheet would run as a formula
// begins with a space, which means nothing to who trains with it.
func (c *CorrectedText) Example() (line string, ok bool) {
	text := strings.Join(strings.Fields(c.Text), " ")
	if c.Polarity == "" || text == "" {
		return "", false
	}
	if strings.IndexByte("=+-@", text[0]) >= 0 {
		text = " " + text
	}
	return string(c.Polarity) + "\t" + text + "\n", true
}

// CorrectionByID returns one correction, or ErrNotFound.
func CorrectionByID(ctx context.Context, q sqldb.Querier, id string) (CorrectedText, error) {
	all, err := correctedTexts(ctx, q, "WHERE c.id = $1", id)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("load correction %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return CorrectedText{}, err
	}
	return all[0], nil
}

// FindCorrections returns a page of corrections, the newest first, and the cursor of the next page.
func FindCorrections(ctx context.Context, q sqldb.Querier, cursor string, limit int) (page []CorrectedText, next string, err error) {
	condition, args := "", []any{limit + 1}
	if cursor != "" {
		at, id, _, err := readCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		condition, args = "WHERE (c.corrected_at, c.id) < ($2, $3)", append(args, at, id)
	}
	page, err = correctedTexts(ctx, q, condition+" ORDER BY c.corrected_at DESC, c.id DESC LIMIT $1", args...)
	if err == nil && len(page) > limit {
		last := &page[limit-1]
		page, next = page[:limit], writeCursor(sqldb.Millis(last.At), last.ID, "")
	}
	return page, next, err
}

func correctedTexts(ctx context.Context, q sqldb.Querier, condition string, args ...any) ([]CorrectedText, error) {
	rows, err := q.Query(ctx, "SELECT "+correctionColumns+`, COALESCE(mo.name, ''), COALESCE(p.text, ''), COALESCE(m.language, ''),
		(SELECT COUNT(*) FROM corrected_mentions n WHERE n.correction_id = c.id AND n.post_id <> c.post_id)
		FROM corrections c LEFT JOIN monitors mo ON mo.id = c.monitor_id LEFT JOIN posts p ON p.id = c.post_id
		LEFT JOIN mentions m ON m.post_id = c.post_id AND m.monitor_id = c.monitor_id `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("load corrections: %w", err)
	}
	defer rows.Close()
	var all []CorrectedText
	for rows.Next() {
		var c CorrectedText
		if err := c.scan(rows.Scan, &c.Monitor, &c.Text, &c.Language, &c.Near); err != nil {
			return nil, fmt.Errorf("load corrections: %w", err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load corrections: %w", err)
	}
	return all, nil
}
