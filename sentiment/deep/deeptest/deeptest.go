// Package deeptest makes classifiers that are small enough for tests: a sum of what its words weigh.
package deeptest

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// A Classifier is a model of a few words: each adds its weights to the labels.
type Classifier struct {
	Labels []string
	Words  map[string][]float32 // a weight for each label
}

// English knows four words and answers negative, neutral or positive.
func English() Classifier {
	return Classifier{Labels: []string{"negative", "neutral", "positive"}, Words: map[string][]float32{
		"awful": {4, 0, 0}, "great": {0, 0, 4}, "released": {0, 3, 0}, "not": {2, 0, -4},
	}}
}

// Write writes the classifier's folder and returns its path.
func (c Classifier) Write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	// 0 is padding, 1 every word that is not known; both weigh nothing.
	vocabulary := map[string]int{"[PAD]": 0, "[UNK]": 1}
	rows := make([]float32, 2*len(c.Labels))
	for word, weights := range c.Words {
		vocabulary[word] = len(vocabulary)
		for _, w := range weights {
			rows = append(rows, shortest*w)
		}
	}
	labels := map[string]string{}
	for i, label := range c.Labels {
		labels[strconv.Itoa(i)] = label
	}
	write(t, dir, "model.onnx", onnx(rows, len(vocabulary), len(c.Labels)))
	writeJSON(t, dir, "config.json", map[string]any{"id2label": labels, "max_position_embeddings": 64, "pad_token_id": 0})
	writeJSON(t, dir, "tokenizer.json", map[string]any{
		"version": "1.0", "truncation": nil, "padding": nil, "post_processor": nil, "decoder": nil,
		"added_tokens": []any{}, "normalizer": map[string]any{"type": "Lowercase"}, "pre_tokenizer": map[string]any{"type": "Whitespace"},
		"model": map[string]any{"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
	})
	return dir
}

func writeJSON(t testing.TB, dir, name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, data)
}

func write(t testing.TB, dir, name string, data []byte) {
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// shortest is the length that the shortest texts are padded to: what a mean has to be multiplied
// with to be the sum that it stands for.
const shortest = 16

// onnx is the model Gather(weights, input_ids) → ReduceMean over the words, in ONNX's protocol
// buffers (onnx.proto, IR version 8, operators of version 11).
func onnx(weights []float32, words, labels int) []byte {
	raw := make([]byte, 0, 4*len(weights))
	for _, w := range weights {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(w))
	}
	const float, int64s, attributeInt, attributeInts = 1, 7, 2, 7
	tensor := message(number(1, uint64(words)), number(1, uint64(labels)), number(2, float), text(8, "weights"), text(9, string(raw)))
	value := func(name string, kind uint64, dims ...[]byte) []byte {
		shape := message(dims...)
		return message(text(1, name), bytes(2, bytes(1, message(number(1, kind), bytes(2, shape)))))
	}
	free := func(name string) []byte { return bytes(1, text(2, name)) }
	graph := message(
		bytes(1, message(text(1, "weights"), text(1, "input_ids"), text(2, "gathered"), text(4, "Gather"),
			bytes(5, message(text(1, "axis"), number(3, 0), number(20, attributeInt))))),
		bytes(1, message(text(1, "gathered"), text(2, "logits"), text(4, "ReduceMean"),
			bytes(5, message(text(1, "axes"), number(8, 1), number(20, attributeInts))),
			bytes(5, message(text(1, "keepdims"), number(3, 0), number(20, attributeInt))))),
		text(2, "words"), bytes(5, tensor),
		bytes(11, value("input_ids", int64s, free("batch"), free("sequence"))),
		bytes(11, value("attention_mask", int64s, free("batch"), free("sequence"))),
		bytes(12, value("logits", float, free("batch"), bytes(1, number(1, uint64(labels))))),
	)
	return message(number(1, 8), bytes(7, graph), bytes(8, message(text(1, ""), number(2, 11))))
}

func message(fields ...[]byte) (all []byte) {
	for _, f := range fields {
		all = append(all, f...)
	}
	return all
}

func number(field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
}

func bytes(field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), v)
}

func text(field protowire.Number, v string) []byte { return bytes(field, []byte(v)) }
