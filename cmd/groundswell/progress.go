package main

import (
	"fmt"
	"io"
	"time"
)

// A progress says on standard error how far a long command is: in place for a person, and else a
// line now and then for a log.
type progress struct {
	out   io.Writer
	every time.Duration
	end   string
	last  time.Time
	began time.Time
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, every: 10 * time.Second, end: "\n", began: time.Now()}
	if interactive() {
		p.every, p.end = 200*time.Millisecond, "\033[K\r"
	}
	p.last = p.began
	return p
}

// say tells what is being done and how much of it is done, 0…1.
func (p *progress) say(what string, part float64) {
	if now := time.Now(); now.Sub(p.last) >= p.every {
		p.last = now
		fmt.Fprintf(p.out, "%s: %.0f %%, %s%s", what, 100*part, now.Sub(p.began).Round(time.Second), p.end)
	}
}

// done clears the line.
func (p *progress) done() {
	if interactive() {
		fmt.Fprint(p.out, "\033[K")
	}
}
