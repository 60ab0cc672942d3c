package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var idealProfiles = table[IdealProfile, *IdealProfile]{kind: RecordIdealProfile, name: "ideal_profiles", columns: []string{"name", "active", "criteria"},
	bind: func(p *IdealProfile) []any { return []any{&p.Name, &p.Active, jsonColumn{&p.Criteria}} }}

// IdealProfiles lists the descriptions of ideal customers, in the order in which they were made.
func IdealProfiles(ctx context.Context, q sqldb.Querier) ([]IdealProfile, error) {
	return idealProfiles.find(ctx, q, "ORDER BY id")
}

// IdealProfileByID loads the description of an ideal customer.
func IdealProfileByID(ctx context.Context, q sqldb.Querier, id string) (IdealProfile, error) {
	return idealProfiles.byID(ctx, q, System(), id, 0)
}

// SaveIdealProfile saves a new profile, or a changed one, and has the open leads rated anew.
func SaveIdealProfile(ctx context.Context, tx *sqldb.Tx, ch Change, p IdealProfile) (IdealProfile, error) {
	if err := idealProfiles.put(ctx, tx, ch, &p); err != nil {
		return p, err
	}
	return p, rateAll(ctx, tx, ch.At)
}

// LoadScoreRules loads the rules of scoring in force.
func LoadScoreRules(ctx context.Context, q sqldb.Querier) (ScoreRules, error) {
	stored := ScoreRules{}
	saved, err := loadSetting(ctx, q, settingScore, &stored)
	if err != nil || saved.Version == 0 {
		return DefaultScoreRules(), err
	}
	stored.Saved = saved
	return stored, nil
}

// SaveScoreRules makes rules of scoring those in force, and has the open leads rated anew. s.Version
// is the one they were made from, or 0 for any.
func SaveScoreRules(ctx context.Context, tx *sqldb.Tx, ch Change, s ScoreRules) (ScoreRules, error) {
	if err := s.Check(); err != nil {
		return s, err
	}
	before, err := LoadScoreRules(ctx, tx)
	if err != nil {
		return s, err
	}
	if s.Version != 0 && before.Version != s.Version {
		return s, fmt.Errorf("save score: %w", ErrConflict)
	}
	if s.Saved, err = saveSetting(ctx, tx, ch, settingScore, before.Saved, before, s); err != nil {
		return s, err
	}
	return s, rateAll(ctx, tx, ch.At)
}

// rateAll has all open leads rated anew.
func rateAll(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, "UPDATE leads SET rating_due = $1 WHERE state = 'open'", sqldb.Millis(now)); err != nil {
		return fmt.Errorf("have leads rated: %w", err)
	}
	return nil
}

// rateLeadsOf has the open leads of contacts rated anew, after something happened with those.
func rateLeadsOf(ctx context.Context, tx *sqldb.Tx, contactIDs []string, now time.Time) error {
	for part := range chunks(contactIDs) {
		_, err := tx.Exec(ctx, "UPDATE leads SET rating_due = $1 WHERE state = 'open' AND "+sqldb.In("contact_id", 2, len(part)), append([]any{sqldb.Millis(now)}, sqldb.Anys(part)...)...)
		if err != nil {
			return fmt.Errorf("have leads rated: %w", err)
		}
	}
	return nil
}

// A rater rates leads by the profiles and rules in force.
type rater struct {
	profiles []IdealProfile // those that are active
	rules    ScoreRules
}

func newRater(ctx context.Context, q sqldb.Querier) (r rater, err error) {
	if r.profiles, err = idealProfiles.find(ctx, q, "WHERE active ORDER BY id"); err != nil {
		return r, err
	}
	r.rules, err = LoadScoreRules(ctx, q)
	return r, err
}

func (r *rater) rate(ctx context.Context, q sqldb.Querier, l *Lead, now time.Time) (Rating, error) {
	f, _, err := factsOfLead(ctx, q, l, now)
	if err != nil {
		return Rating{}, err
	}
	signs, err := signsOf(ctx, q, l, now)
	if err != nil {
		return Rating{}, err
	}
	out := bestFit(r.profiles, &f)
	out.Score, out.Interest = r.rules.Score(signs, now)
	out.Trend, out.RatedAt = r.rules.Trend(signs, now), now
	out.Priority = priority(out.Fit, out.Grade != "", out.Score)
	return out, nil
}

// signsOf are the signs of interest of a lead: how it came, what was done with it or its contact, and
// what they posted.
func signsOf(ctx context.Context, q sqldb.Querier, l *Lead, now time.Time) ([]Sign, error) {
	var signs []Sign
	if kind, ok := map[string]string{SourceMention: SignMention, SourceForm: SignForm, SourceCampaign: "campaign-response"}[l.Source]; ok {
		signs = append(signs, Sign{kind, l.CreatedAt})
	}
	who, since := l.ContactID, sqldb.Millis(now.Add(-scoreSpan))
	if who == "" {
		who = l.ID
	}
	query := `SELECT kind, done_at FROM activities WHERE record_id = $1 AND done_at > $4` + noInterest + `
		UNION ALL SELECT kind, done_at FROM activities WHERE record_id = $2 AND record_id <> $1 AND done_at > $4` + noInterest
	posts := ` UNION ALL SELECT 'touch', posted_at FROM touches WHERE contact_id = $2 AND posted_at > $4 AND post_id <> $3`
	if l.ContactID == "" {
		posts = ` UNION ALL SELECT 'touch', posted_at FROM posts WHERE author_id = $5 AND author_id <> '' AND posted_at > $4 AND id <> $3`
	}
	args := []any{l.ID, who, l.PostID, since}
	if l.ContactID == "" {
		args = append(args, l.AuthorID)
	}
	rows, err := q.Query(ctx, query+posts, args...)
	if err != nil {
		return nil, fmt.Errorf("load interest of lead %s: %w", l.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s Sign
		if err := rows.Scan(&s.Kind, atColumn{&s.At}); err != nil {
			return nil, fmt.Errorf("load interest of lead %s: %w", l.ID, err)
		}
		signs = append(signs, s)
	}
	if l.Source == SourceCampaign && slices.ContainsFunc(signs[1:], func(s Sign) bool { return s.Kind == KindResponse }) {
		signs = signs[1:] // the response that opened it is on file
	}
	return signs, rows.Err()
}

const saveRatingSQL = `UPDATE leads SET grade = $1, score = $2, trend = $3, priority = $4, rating = $5, rating_due = $6 WHERE id = $7`

func ratingArgs(r *Rating, id string) ([]any, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("save rating of lead %s: %w", id, err)
	}
	return []any{r.Grade, r.Score, r.Trend, r.Priority, string(text), sqldb.Millis(r.RatedAt.Add(ratedEvery)), id}, nil
}

// rateLead rates one lead at once, after a person changed it.
func rateLead(ctx context.Context, tx *sqldb.Tx, l *Lead, now time.Time) error {
	r, err := newRater(ctx, tx)
	if err != nil {
		return err
	}
	if l.Rating, err = r.rate(ctx, tx, l, now); err != nil {
		return err
	}
	args, err := ratingArgs(&l.Rating, l.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, saveRatingSQL, args...); err != nil {
		return fmt.Errorf("save rating of lead %s: %w", l.ID, err)
	}
	return nil
}

// RateLeads rates open leads that are due, at most limit of them, and returns how many were. They are
// read without holding the database, and one that changes meanwhile stays due.
func RateLeads(ctx context.Context, db *sqldb.DB, now time.Time, limit int) (int, error) {
	due, err := leads.find(ctx, db, "WHERE state = 'open' AND rating_due <= $1 ORDER BY rating_due LIMIT $2", sqldb.Millis(now), limit)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	r, err := newRater(ctx, db)
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(due))
	for i := range due {
		rating, err := r.rate(ctx, db, &due[i], now)
		if err != nil {
			return 0, err
		}
		args, err := ratingArgs(&rating, due[i].ID)
		if err != nil {
			return 0, err
		}
		rows[i] = append(args, due[i].Version, sqldb.Millis(now))
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		return tx.ExecMany(ctx, saveRatingSQL+" AND version = $8 AND rating_due <= $9", rows)
	})
	return len(due), err
}
