package deep

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
)

// The two processes speak in lines of JSON: the classifier first says that it is ready, or why it
// is not, and then answers each question with one answer.
type (
	question struct {
		Texts []string `json:"texts"`
	}
	answer struct {
		Ready         bool        `json:"ready,omitempty"`
		Error         string      `json:"error,omitempty"`
		Probabilities [][]float64 `json:"probabilities,omitempty"`
	}
)

// lineMost bounds a line between the two.
const lineMost = 64 << 20

// Serve loads the classifier of a folder and answers questions until the input ends. What the
// libraries print goes to standard error, so that nothing stands between the answers.
func Serve(f Folder, in io.Reader, out io.Writer) error {
	os.Stdout = os.Stderr
	log.SetOutput(os.Stderr)
	answers := json.NewEncoder(out)
	m, err := loadSafely(&f)
	if err != nil {
		return answers.Encode(answer{Error: err.Error()})
	}
	if err := answers.Encode(answer{Ready: true}); err != nil {
		return err
	}
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, lineMost)
	for scan.Scan() {
		var q question
		if err := json.Unmarshal(scan.Bytes(), &q); err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		a := answer{}
		if a.Probabilities, err = m.classify(q.Texts); err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
	return scan.Err()
}

// loadSafely turns a panic over a damaged file into an error.
func loadSafely(f *Folder) (m *model, err error) {
	defer func() {
		if v := recover(); v != nil {
			m, err = nil, fmt.Errorf("%s or tokenizer.json cannot be loaded: %v: they are damaged; export them again", f.Model, v)
		}
	}()
	return load(f)
}
