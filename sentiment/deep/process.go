package deep

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// A Process is a classifier in a process of its own. It is for one goroutine.
type Process struct {
	Folder  Folder
	command []string
	cmd     *exec.Cmd // nil: none runs
	in      io.WriteCloser
	out     *bufio.Scanner
	said    *tail // what it printed to standard error last
}

// NewProcess makes a Process that the command starts: this program, asked to Serve the folder. It is
// started when it is first needed.
func NewProcess(f Folder, command ...string) *Process { return &Process{Folder: f, command: command} }

// Start starts the process and waits until the classifier is loaded. One that runs already is left
// as it is.
func (p *Process) Start(ctx context.Context) error {
	if p.cmd != nil {
		return nil
	}
	cmd := exec.Command(p.command[0], p.command[1:]...) //nolint:noctx // it outlives the context of its start; Close ends it
	// One core, and none of our secrets.
	cmd.Env = []string{"GOMAXPROCS=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir()}
	p.said = &tail{}
	cmd.Stderr = p.said
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start classifier: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start classifier: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start classifier: %w", err)
	}
	p.cmd, p.in, p.out = cmd, in, bufio.NewScanner(out)
	p.out.Buffer(nil, lineMost)
	if _, err := p.receive(ctx); err != nil {
		return fmt.Errorf("classifier %s: %w", p.Folder.Path, errors.Join(err, p.Close()))
	}
	return nil
}

// Judge judges texts. When ctx ends before the answer is there, or the process fails, the process
// is ended; the next Start starts another.
func (p *Process) Judge(ctx context.Context, texts []string) ([]Judgement, error) {
	if err := p.Start(ctx); err != nil {
		return nil, err
	}
	line, err := json.Marshal(question{texts})
	if err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	var sending sync.WaitGroup
	in := p.in
	sending.Go(func() { _, _ = in.Write(append(line, '\n')) }) // where it fails there is no answer
	defer sending.Wait()
	a, err := p.receive(ctx)
	if err == nil && len(a.Probabilities) != len(texts) {
		err = fmt.Errorf("%d answers to %d texts", len(a.Probabilities), len(texts))
	}
	if err != nil {
		return nil, fmt.Errorf("classify: %w", errors.Join(err, p.Close()))
	}
	judgements := make([]Judgement, len(texts))
	for i, row := range a.Probabilities {
		if len(row) != len(p.Folder.Classes) {
			return nil, errors.Join(fmt.Errorf("classify: %d numbers for %d labels", len(row), len(p.Folder.Classes)), p.Close())
		}
		judgements[i] = p.Folder.judge(row)
	}
	return judgements, nil
}

// receive waits for the next answer. Where ctx ends first the process is killed, which ends the wait.
func (p *Process) receive(ctx context.Context) (a answer, err error) {
	process := p.cmd.Process
	stop := context.AfterFunc(ctx, func() { _ = process.Kill() })
	defer stop()
	if !p.out.Scan() {
		err := p.Close() // once it has ended, all it said is there
		switch {
		case ctx.Err() != nil:
			return a, ctx.Err()
		case err != nil:
			return a, err
		case p.said.last() != "":
			return a, fmt.Errorf("its process ended: %s", p.said.last())
		}
		return a, errors.New("its process ended without a word: it may have lacked memory")
	}
	if err := json.Unmarshal(p.out.Bytes(), &a); err != nil {
		return a, fmt.Errorf("read answer: %w", err)
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// Close ends the process.
func (p *Process) Close() error {
	if p.cmd == nil {
		return nil
	}
	cmd := p.cmd
	p.cmd = nil
	_ = p.in.Close()
	_ = cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("end classifier: %w", err)
	}
	return nil
}

// tail keeps the end of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	data []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, b...)
	t.data = t.data[max(0, len(t.data)-4096):]
	return len(b), nil
}

// last is the first line of a panic, or the last line.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, panicked, ok := bytes.Cut(t.data, []byte("panic: ")); ok {
		line, _, _ := bytes.Cut(panicked, []byte("\n"))
		return "panic: " + string(line)
	}
	lines := strings.Split(strings.TrimSpace(string(t.data)), "\n")
	return lines[len(lines)-1]
}
