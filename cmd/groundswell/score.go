package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"

	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/spf13/cobra"
)

// scoreCommand reads texts and says what is made of each. docs/sentiment.md
func scoreCommand() *cobra.Command {
	return &cobra.Command{
		Use: "score [FILE…]", Short: "Read texts or posts, one a line, and print language, polarity and intent of each as JSON",
		Long: "Read texts or posts (in Groundswell's wire form, or as X, Mastodon or Bluesky writes them), one a line, from files (plain, gz or zst) or the standard input (-), and print one JSON object for each line, in order.\n" +
			"A line that cannot be decoded gets an object with polarity unknown and the reason as error; it stops nothing.",
		RunE: func(c *cobra.Command, files []string) error {
			scorer, err := sentiment.New()
			if err != nil {
				return err
			}
			if len(files) == 0 {
				files = []string{"-"}
			}
			return scoreFiles(c.Context(), scorer, files, c.InOrStdin(), c.OutOrStdout())
		},
	}
}

const (
	scoreLine  = post.MaxSize // bytes of a line that are read
	scoreBatch = 64 << 10     // bytes of lines that are scored together
)

// A scoring reads lines, scores them on every core and writes the readings in the lines' order.
type scoring struct {
	scorer  *sentiment.Scorer
	todo    chan *scoreJob // to be scored, by whoever is free
	ordered chan *scoreJob // to be written, as they were read
}

// A scoreJob is some lines of the input and, when done is closed, their readings.
type scoreJob struct {
	lines [][]byte
	out   []byte
	done  chan struct{}
}

func scoreFiles(ctx context.Context, scorer *sentiment.Scorer, files []string, stdin io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cores := runtime.GOMAXPROCS(0)
	s := &scoring{scorer: scorer, todo: make(chan *scoreJob), ordered: make(chan *scoreJob, 4*cores)}
	for range cores {
		go func() {
			for job := range s.todo {
				job.score(scorer)
			}
		}()
	}
	failed := make(chan error, 1)
	go func() { // by itself: nothing interrupts a read from a terminal
		defer close(s.ordered)
		defer close(s.todo)
		failed <- s.read(ctx, files, stdin)
	}()
	if err := s.write(ctx, out); err != nil {
		return err
	}
	return <-failed // what could be read is written
}

// read cuts the input into jobs. A job ends when it is large enough, or when reading on may have to
// wait: who types a line sees its reading at once. A file that cannot be read stops no other.
func (s *scoring) read(ctx context.Context, files []string, stdin io.Reader) error {
	var failed []error
	for _, name := range files {
		if err := s.readFile(ctx, name, stdin); err != nil {
			failed = append(failed, fmt.Errorf("read texts: %w", err))
		}
	}
	return errors.Join(failed...)
}

func (s *scoring) readFile(ctx context.Context, name string, stdin io.Reader) error {
	if name == "-" {
		return s.readLines(ctx, bufio.NewReaderSize(stdin, scoreBatch))
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, closePlain, reason := replay.Unpack(f)
	defer closePlain()
	if reason != "" {
		return fmt.Errorf("%s: %s", name, reason)
	}
	if err := s.readLines(ctx, bufio.NewReaderSize(plain, scoreBatch)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (s *scoring) readLines(ctx context.Context, in *bufio.Reader) error {
	job, size := &scoreJob{}, 0
	for {
		line, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(err, s.give(ctx, job))
		}
		if err == nil || len(line) > 0 {
			job.lines = append(job.lines, line)
			size += len(line)
		}
		buffered, _ := in.Peek(in.Buffered())
		if err != nil || size >= scoreBatch || bytes.IndexByte(buffered, '\n') < 0 {
			if failed := s.give(ctx, job); failed != nil || err != nil {
				return failed
			}
			job, size = &scoreJob{}, 0
		}
	}
}

// give queues a job to be written and to be scored.
func (s *scoring) give(ctx context.Context, job *scoreJob) error {
	if len(job.lines) == 0 {
		return nil
	}
	job.done = make(chan struct{})
	select {
	case s.ordered <- job:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case s.todo <- job:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// readLine reads a line without its end; of a longer one than scoreLine, one byte more than that.
// It returns io.EOF with the last line, which may be empty.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part[:min(len(part), scoreLine+1-len(line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), err
		}
	}
}

// write puts the readings out, and flushes whenever it has to wait for more.
func (s *scoring) write(ctx context.Context, out io.Writer) error {
	w := bufio.NewWriterSize(out, scoreBatch)
	for {
		if len(s.ordered) == 0 {
			if err := w.Flush(); err != nil {
				return fmt.Errorf("write readings: %w", err)
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), w.Flush())
		case job, more := <-s.ordered:
			if !more {
				return w.Flush()
			}
			select {
			case <-job.done:
			case <-ctx.Done():
				return errors.Join(context.Cause(ctx), w.Flush())
			}
			if _, err := w.Write(job.out); err != nil {
				return fmt.Errorf("write readings: %w", err)
			}
		}
	}
}

func (j *scoreJob) score(scorer *sentiment.Scorer) {
	for _, line := range j.lines {
		text, language, err := scoreText(line)
		r := post.Reading{Language: sentiment.Undetermined, Polarity: post.Unknown, Intent: post.IntentNone}
		if err == nil {
			r = scorer.Read(text, language)
		}
		j.out = appendReading(j.out, &r, err)
	}
	close(j.done)
}

// scoreText is what a line asks to be read: a post's text where the line is an object, else the
// line itself.
func scoreText(line []byte) (text, language string, err error) {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if !isObject(line) {
		return string(line[:min(len(line), scoreLine)]), "", nil
	}
	if e, err := post.Decode(line); err == nil && e.Post.Text != "" {
		return e.Post.Text, e.Post.Language, nil
	}
	type fields struct {
		Text     *string `json:"text"`
		Language string  `json:"language"`
		Lang     string  `json:"lang"` // as X calls it
	}
	var o struct {
		fields
		Post *fields `json:"post"` // of an event
	}
	if len(line) > scoreLine {
		return "", "", fmt.Errorf("decode post: it is larger than %d bytes", scoreLine)
	}
	if err := json.Unmarshal(line, &o); err != nil {
		return "", "", fmt.Errorf("decode post: %w", err)
	}
	if o.Post != nil {
		o.fields = *o.Post
	}
	if o.Text == nil {
		return networkText(line)
	}
	return *o.Text, cmp.Or(o.Language, o.Lang), nil
}

// networkText is what an object asks to be read that is written as its network writes posts.
func networkText(line []byte) (text, language string, err error) {
	err = errors.New("decode post: want its text, as text or in post, or a post as X, Mastodon or Bluesky writes it")
	_, failed := replay.Read(context.Background(), bytes.NewReader(line), replay.Options{}, func(item replay.Item) error {
		switch p := &item.Event.Post; {
		case text != "":
		case item.Refused != "":
			err = fmt.Errorf("decode post: %s: %w", item.Refused, err)
		case p.Text != "":
			text, language, err = p.Text, p.Language, nil
		}
		return nil
	})
	if failed != nil {
		return "", "", fmt.Errorf("decode post: %w", failed)
	}
	return text, language, err
}

// isObject says that a line is meant to be JSON: a brace and a quote or another brace.
func isObject(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	rest := bytes.TrimLeft(line[1:], " \t")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

func appendReading(dst []byte, r *post.Reading, failed error) []byte {
	number := func(f float64) {
		if f = math.Round(f*1e4) / 1e4; f == 0 {
			f = 0 // not −0
		}
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = append(append(dst, `{"lang":"`...), r.Language...)
	dst = append(append(dst, `","polarity":"`...), r.Polarity...)
	dst = append(dst, `","score":`...)
	number(r.Score)
	dst = append(dst, `,"confidence":`...)
	number(r.Confidence)
	dst = append(append(dst, `,"intent":"`...), r.Intent...)
	dst = append(dst, `","intent_confidence":`...)
	number(r.IntentConfidence)
	if failed != nil {
		reason, err := json.Marshal(failed.Error())
		if err != nil {
			panic(err) // a text
		}
		dst = append(append(dst, `,"error":`...), reason...)
	}
	return append(dst, "}\n"...)
}
