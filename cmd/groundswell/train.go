package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/sentiment/labelled"
	"github.com/spf13/cobra"
)

// trainCommand makes the models that are embedded. docs/sentiment.md
func trainCommand() *cobra.Command {
	train := &cobra.Command{Use: "train", Short: "Train the models that are embedded"}
	train.AddCommand(trainSentimentCommand(), trainLanguageCommand())
	return train
}

func trainSentimentCommand() *cobra.Command {
	t := sentiment.DefaultTraining()
	var data []string
	var vectors, teacher, out string
	c := &cobra.Command{
		Use: "sentiment --data [LANGUAGE=]FILE…", Short: "Train the polarity model from labelled texts",
		Long: "Train the polarity model from labelled texts: columns, pairs of texts and labels, or JSON, plain or gzipped.\n" +
			"de=FILE or en=FILE says in which language a file is; without, each text's language is told by the language model.\n" +
			"de*3=FILE: each of its texts counts as three.",
		RunE: func(c *cobra.Command, more []string) error {
			examples, err := labelledExamples(append(data, more...))
			if err != nil {
				return err
			}
			if vectors != "" {
				b, err := os.ReadFile(vectors)
				if err != nil {
					return fmt.Errorf("read vectors: %w", err)
				}
				if t.Vectors, err = sentiment.ReadVectors(b); err != nil {
					return err
				}
			}
			if teacher != "" {
				b, err := os.ReadFile(teacher)
				if err != nil {
					return fmt.Errorf("read teacher: %w", err)
				}
				if t.Teacher, err = sentiment.ReadTeacher(b); err != nil {
					return err
				}
			}
			if t.Sources == nil {
				for _, name := range append(data, more...) {
					t.Sources = append(t.Sources, setName(name))
				}
			}
			t.Progress = func(step string, epoch int, loss float64) {
				fmt.Fprintf(os.Stderr, "%s: epoch %d of %d, loss %.4f\n", step, epoch, t.Epochs, loss)
			}
			model, err := sentiment.Train(examples, t)
			if err != nil {
				return err
			}
			b := model.Bytes()
			if err := os.WriteFile(out, b, 0o644); err != nil {
				return fmt.Errorf("write model: %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d examples, %d bytes, %s\n", out, len(examples), len(b), model.Score)
			return nil
		},
	}
	c.Flags().StringSliceVar(&data, "data", nil, "labelled files, each as FILE, de=FILE, en=FILE or, to count three times, de*3=FILE")
	c.Flags().StringVar(&vectors, "vectors", "", "the words' vectors, made by sentiment/models/vectors.py; without, they begin at random")
	c.Flags().StringVar(&teacher, "teacher", "", "what a large encoder says of words and texts, made by sentiment/models/teacher.py")
	c.Flags().Float64Var(&t.Trust, "trust", t.Trust, "the teacher's share in what is wanted of a text")
	c.Flags().StringVar(&out, "out", "model.bin", "where the model goes")
	c.Flags().StringArrayVar(&t.Sources, "source", nil, "what a part of the data is, for the model's header (default the files' names)")
	c.Flags().StringArrayVar(&t.Licences, "licence", nil, "a licence of the data, for the model's header")
	c.Flags().IntVar(&t.Filters, "filters", t.Filters, "filters of the network")
	c.Flags().IntVar(&t.Bits, "bits", t.Bits, "2^bits grams (words, negated words, letters inside them) have weights")
	c.Flags().Float64Var(&t.Grams, "grams", t.Grams, "the grams' weights learn at this share of the rate")
	c.Flags().IntVar(&t.Epochs, "epochs", t.Epochs, "passes over the examples")
	c.Flags().Float64Var(&t.Rate, "rate", t.Rate, "learning rate")
	c.Flags().Float64Var(&t.Tune, "tune", t.Tune, "the words' vectors learn at this share of the rate")
	c.Flags().Float64Var(&t.Decay, "decay", t.Decay, "weight decay")
	c.Flags().Float64Var(&t.Dropout, "dropout", t.Dropout, "share of the filters that an example does not see")
	c.Flags().Float64Var(&t.Forget, "forget", t.Forget, "share of the words that an example does not see")
	c.Flags().Float64Var(&t.Even, "even", t.Even, "from 0, each example weighs alike, to 1, each language does")
	c.Flags().Float64Var(&t.Neutral, "neutral", t.Neutral, "weight of German's neutral examples")
	c.Flags().Uint64Var(&t.Seed, "seed", t.Seed, "the same seed gives the same bytes")
	_ = c.MarkFlagRequired("data")
	return c
}

// setName names a set in a model's header: its file, with the folder, for there are many train_text.txt.
func setName(name string) string {
	if language, file, ok := strings.Cut(name, "="); ok && len(language) == 2 {
		name = file
	}
	dir, file := filepath.Split(filepath.Clean(name))
	if parent := filepath.Base(dir); dir != "" && parent != string(filepath.Separator) && parent != "." && parent != ".." {
		return parent + "/" + file
	}
	return file
}

// labelledExamples reads the files; the same text twice is one example, that of the first.
func labelledExamples(files []string) ([]sentiment.Example, error) {
	var scorer *sentiment.Scorer // needed where no language is named
	var out []sentiment.Example
	seen := make(map[string]bool)
	for _, name := range files {
		language, weight, file := labelledFile(name)
		sets, err := labelled.Open([]string{file})
		if err != nil {
			return nil, err
		}
		if language == "" && scorer == nil {
			if scorer, err = sentiment.New(); err != nil {
				return nil, err
			}
		}
		for _, text := range sets[0].Texts {
			e := sentiment.Example{Language: language, Class: string(text.Polarity), Text: text.Text, Weight: weight}
			if e.Language == "" {
				e.Language = scorer.Read(text.Text, text.Language).Language
			}
			if key := sentiment.Same(text.Text); !seen[key] && (e.Language == "en" || e.Language == "de") {
				seen[key] = true
				out = append(out, e)
			}
		}
	}
	return out, nil
}

// labelledFile reads FILE, LANGUAGE=FILE or LANGUAGE*WEIGHT=FILE.
func labelledFile(name string) (language string, weight float64, file string) {
	before, file, ok := strings.Cut(name, "=")
	language, times, weighs := strings.Cut(before, "*")
	if !ok || len(language) != 2 {
		return "", 0, name
	}
	if weight, err := strconv.ParseFloat(times, 64); weighs && err == nil && weight > 0 {
		return language, weight, file
	} else if weighs {
		return "", 0, name
	}
	return language, 0, file
}

func readExamples(files []string) ([]sentiment.Example, error) {
	var all []sentiment.Example
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read examples: %w", err)
		}
		scan := bufio.NewScanner(f)
		scan.Buffer(nil, 1<<20)
		for line := 1; scan.Scan(); line++ {
			class, text, ok := strings.Cut(scan.Text(), "\t")
			if !ok || class == "" || strings.TrimSpace(text) == "" {
				f.Close()
				return nil, fmt.Errorf("read examples: %s, line %d: want class, tab, text", name, line)
			}
			all = append(all, sentiment.Example{Class: class, Text: text})
		}
		f.Close()
		if err := scan.Err(); err != nil {
			return nil, fmt.Errorf("read examples: %s: %w", name, err)
		}
	}
	return all, nil
}
