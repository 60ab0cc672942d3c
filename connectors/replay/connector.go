package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/post"
)

// settings is the section of a replay source.
type settings struct {
	Files  []string `yaml:"files"`  // paths and globs
	Format string   `yaml:"format"` // one of Formats; empty: detected
	Map    string   `yaml:"map"`    // the columns of a table
	Speed  float64  `yaml:"speed"`  // 0: as fast as the log takes them; 1: as they were posted; 60: sixty times that
	Loop   bool     `yaml:"loop"`   // begin again after the last file
	Shift  string   `yaml:"shift"`  // "now": the first post's time becomes the present
}

// Source replays files. It is a connectors.Connector and a connectors.Checker.
type Source struct {
	set  settings
	cols *TableMap
	deps connectors.Deps
}

// New makes a source, a *Source, of its section of the configuration.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := &Source{deps: deps}
	if s.deps.Now == nil {
		s.deps.Now = time.Now
	}
	if err := config.Decode(section, &s.set); err != nil {
		return nil, fmt.Errorf("%w: %w", connectors.ErrConfig, err)
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("%w: replay: %w", connectors.ErrConfig, err)
	}
	return s, nil
}

func (s *Source) validate() error {
	switch {
	case len(s.set.Files) == 0:
		return errors.New("files: name at least one file or pattern")
	case s.set.Speed < 0 || s.set.Speed > 1e6:
		return fmt.Errorf("speed %g: want 0 (no pace) to 1000000", s.set.Speed)
	case s.set.Shift != "" && s.set.Shift != "now":
		return fmt.Errorf("shift %q: want now, or leave it out", s.set.Shift)
	}
	if err := CheckFormat(s.set.Format); err != nil {
		return err
	}
	if s.set.Map != "" {
		cols, err := ParseTableMap(s.set.Map)
		if err != nil {
			return err
		}
		s.cols = cols
	}
	for _, pattern := range s.set.Files {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return fmt.Errorf("files: %q: %w", pattern, err)
		}
	}
	return nil
}

// files returns the files that the patterns name, each pattern's in the order of their names.
func (s *Source) files() ([]string, error) {
	var files []string
	for _, pattern := range s.set.Files {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%w: replay: files: %q: %w", connectors.ErrConfig, pattern, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: replay: files: nothing matches %q", connectors.ErrConfig, pattern)
		}
		slices.Sort(found)
		for _, file := range found {
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// Check tells whether every pattern matches files that can be opened.
func (s *Source) Check(context.Context) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%w: replay: %w", connectors.ErrConfig, err)
		}
		if err := f.Close(); err != nil {
			return fmt.Errorf("close %s: %w", name, err)
		}
	}
	return nil
}

// Run replays the files from the cursor on.
func (s *Source) Run(ctx context.Context, cursor string, out connectors.Out) error {
	at, err := parsePlace(cursor)
	if err != nil {
		return err
	}
	for {
		files, err := s.files()
		if err != nil {
			return err
		}
		out.Connected()
		for i := at.file; i < len(files); i++ {
			if i > at.file {
				at.file, at.item = i, 0
			}
			if err := s.file(ctx, files[i], &at, out); err != nil {
				return err
			}
		}
		if !s.set.Loop {
			return connectors.ErrEnd
		}
		if at.first.IsZero() {
			return fmt.Errorf("%w: replay: the files hold no post, so that a loop would never rest", connectors.ErrConfig)
		}
		at = place{}
	}
}

// file replays one file behind the place, and moves the place with each item. What is a duplicate
// depends on this file alone, or a resumed replay would count its items otherwise.
func (s *Source) file(ctx context.Context, name string, at *place, out connectors.Out) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	heard := int64(0)
	opt := Options{
		File: name, Format: s.set.Format, Map: s.cols,
		Progress: func(read, _ int64) { out.Heard(int(read - heard)); heard = read },
	}
	n := 0
	_, err = Read(ctx, f, opt, func(item Item) error {
		if n++; n <= at.item {
			return nil // read before
		}
		at.item = n
		if item.Refused != "" {
			return out.Refuse(ctx, item.Raw, fmt.Sprintf("%s: line %d: %s", filepath.Base(name), item.Line, item.Refused))
		}
		if err := s.pace(ctx, &item.Event, at); err != nil {
			return err
		}
		item.Event.Source = s.deps.Source
		item.Event.ReceivedAt = s.deps.Now()
		return out.Emit(ctx, item.Event, at.String())
	})
	return err
}

// pace waits until the event's turn and moves its times. A deletion has no time and comes in its
// place.
func (s *Source) pace(ctx context.Context, e *post.Event, at *place) error {
	p := &e.Post
	if p.PostedAt.IsZero() {
		return ctx.Err()
	}
	if at.first.IsZero() {
		at.first, at.start = p.PostedAt, s.deps.Now()
	}
	turn := at.start.Add(s.stretch(p.PostedAt.Sub(at.first)))
	if s.set.Shift == "now" {
		for _, t := range []*time.Time{&p.CreatedAt, &p.EditedAt, &p.PostedAt} {
			if !t.IsZero() {
				*t = at.start.Add(s.stretch(t.Sub(at.first)))
			}
		}
	}
	wait := turn.Sub(s.deps.Now())
	if s.set.Speed == 0 || wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stretch turns a distance between posts into one between their turns.
func (s *Source) stretch(d time.Duration) time.Duration {
	if s.set.Speed == 0 {
		return d
	}
	const most = 100 * 365 * 24 * time.Hour
	return time.Duration(max(-float64(most), min(float64(d)/s.set.Speed, float64(most))))
}

// A place is where a replay stands: the file, the items of it that are done, and which post's time
// was mapped to which present. Its text is the cursor.
type place struct {
	file, item   int
	first, start time.Time
}

func (p place) String() string {
	if p.first.IsZero() {
		return fmt.Sprintf("%d:%d", p.file, p.item)
	}
	return fmt.Sprintf("%d:%d:%d:%d", p.file, p.item, p.first.UnixMilli(), p.start.UnixMilli())
}

func parsePlace(cursor string) (place, error) {
	if cursor == "" {
		return place{}, nil
	}
	parts := strings.Split(cursor, ":")
	numbers := make([]int64, len(parts))
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || i < 2 && (n < 0 || n > 1<<40) {
			return place{}, fmt.Errorf("%w: replay: cursor %.60q: want file:item", connectors.ErrConfig, cursor)
		}
		numbers[i] = n
	}
	switch len(numbers) {
	case 2:
		return place{file: int(numbers[0]), item: int(numbers[1])}, nil
	case 4:
		return place{int(numbers[0]), int(numbers[1]), time.UnixMilli(numbers[2]).UTC(), time.UnixMilli(numbers[3]).UTC()}, nil
	}
	return place{}, fmt.Errorf("%w: replay: cursor %.60q: want file:item", connectors.ErrConfig, cursor)
}
