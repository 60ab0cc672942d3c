package deep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/groundswell/groundswell/post"
)

// A Folder is a classifier on the disk: model.onnx (or one other .onnx file), tokenizer.json and
// config.json, as Hugging Face's tools export them.
type Folder struct {
	Path    string // absolute
	Model   string // name of the .onnx file
	Labels  []string
	Classes []post.Polarity // what each label means
	Tokens  int             // that are read of a text, at most
	Version string          // changes with any of the files and with what the labels mean
}

// tokensMost bounds what is read of a text, which bounds the time it takes.
const tokensMost = 128

const recipe = "docs/deep.md has a recipe that makes such a folder"

// Inspect looks at a folder without loading its model. explained says what labels mean whose names
// do not.
func Inspect(path string, explained map[string]string) (Folder, error) {
	wrong := func(err error) (Folder, error) { return Folder{}, fmt.Errorf("classifier %s: %w", path, err) }
	abs, err := filepath.Abs(path)
	if err != nil {
		return wrong(err)
	}
	f := Folder{Path: abs}
	info, err := os.Stat(abs)
	switch {
	case err != nil:
		return wrong(fmt.Errorf("%w: sentiment.deep.folder names a folder with model.onnx, tokenizer.json and config.json; %s", err, recipe))
	case !info.IsDir():
		return wrong(fmt.Errorf("it is a file: sentiment.deep.folder names the folder that holds model.onnx; %s", recipe))
	}
	if f.Model, err = modelFile(abs); err != nil {
		return wrong(err)
	}
	if info, err := os.Stat(filepath.Join(abs, f.Model)); err != nil || info.Size() == 0 {
		return wrong(fmt.Errorf("%s is empty: export the model again; %s", f.Model, recipe))
	}
	if err := f.readTokenizer(); err != nil {
		return wrong(err)
	}
	if err := f.readConfig(explained); err != nil {
		return wrong(err)
	}
	if f.Version, err = f.version(); err != nil {
		return wrong(err)
	}
	return f, nil
}

// modelFile finds the one .onnx file.
func modelFile(dir string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*.onnx"))
	if err != nil {
		return "", err
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	switch {
	case slices.Contains(found, "model.onnx"):
		return "model.onnx", nil
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return "", fmt.Errorf("model.onnx is missing: export the model to ONNX; %s", recipe)
	}
	return "", fmt.Errorf("it holds %d .onnx files, none named model.onnx: rename the one to use", len(found))
}

// readJSON reads one of the folder's descriptions.
func (f *Folder) readJSON(name, remedy string, into any) error {
	data, err := os.ReadFile(filepath.Join(f.Path, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is missing: %s; %s", name, remedy, recipe)
	case err != nil:
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s is damaged: %w: %s", name, err, remedy)
	}
	return nil
}

func (f *Folder) readTokenizer() error {
	const remedy = "save the model's fast tokenizer beside it (tokenizer.save_pretrained)"
	var t struct{ Model json.RawMessage }
	if err := f.readJSON("tokenizer.json", remedy, &t); err != nil {
		return err
	}
	if len(t.Model) == 0 || string(t.Model) == "null" {
		return fmt.Errorf("tokenizer.json describes no model of words: %s", remedy)
	}
	return nil
}

func (f *Folder) readConfig(explained map[string]string) error {
	var c struct {
		Labels    map[string]string `json:"id2label"`
		Positions int               `json:"max_position_embeddings"`
	}
	const remedy = "save the model's configuration beside it (config.save_pretrained)"
	if err := f.readJSON("config.json", remedy, &c); err != nil {
		return err
	}
	if len(c.Labels) < 2 {
		return fmt.Errorf("config.json has %d labels under id2label: want those of a sequence classifier; %s", len(c.Labels), recipe)
	}
	for i := range len(c.Labels) {
		label, ok := c.Labels[strconv.Itoa(i)]
		if !ok {
			return fmt.Errorf("config.json, id2label: there is no label %d: number them from 0 on", i)
		}
		f.Labels = append(f.Labels, label)
	}
	var err error
	if f.Classes, err = polarities(f.Labels, explained); err != nil {
		return fmt.Errorf("config.json, id2label: %w", err)
	}
	f.Tokens = tokensMost
	if c.Positions > 2 {
		f.Tokens = min(f.Tokens, c.Positions)
	}
	return nil
}

// version is a short hash of all that decides a judgement.
func (f *Folder) version() (string, error) {
	h := sha256.New()
	fmt.Fprint(h, f.Classes, f.Tokens)
	names, err := filepath.Glob(filepath.Join(f.Path, f.Model+"*")) // weights may stand beside the model
	if err != nil {
		return "", err
	}
	for _, name := range append(names, filepath.Join(f.Path, "tokenizer.json")) {
		if err := hashFile(h, name); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:4]), nil
}

func hashFile(h io.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(h, file)
	return err
}

// judge adds up the probabilities of the labels of each polarity.
func (f *Folder) judge(probabilities []float64) Judgement {
	var j Judgement
	for i, p := range probabilities {
		switch f.Classes[i] {
		case post.Negative:
			j.Negative += p
		case post.Neutral:
			j.Neutral += p
		default:
			j.Positive += p
		}
	}
	return j
}
