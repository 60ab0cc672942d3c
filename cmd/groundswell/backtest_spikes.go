package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/spf13/cobra"
)

// backtestSpikesCommand marks the spikes of series of counts.
func backtestSpikesCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "spikes FILE.csv…",
		Short: "Mark the spikes of series of mentions (timestamp,value)",
		Long: "Writes timestamp,value,anomaly_score,alarm for each row, judged when it has come. alarm is 0 or 1; anomaly_score runs from 0 to 1\n" +
			"and is 0.5 or more exactly where alarm is 1. One file is written to standard output, several, or with --out, to files of the\n" +
			"same names in a folder.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			if len(files) > 1 && out == "" {
				return fmt.Errorf("%d files: name the folder for what is found with --out", len(files))
			}
			if err := distinct(files); err != nil {
				return err
			}
			for _, file := range files {
				if err := markSpikes(c.OutOrStdout(), file, out); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder to write to, a file for each")
	return c
}

// markedName is that of the file that is written for one that is read.
func markedName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".gz") }

// distinct refuses files of which one would be written over what another brought.
func distinct(files []string) error {
	by := map[string]string{}
	for _, file := range files {
		name := markedName(file)
		if other, taken := by[name]; taken {
			return fmt.Errorf("%s and %s would both be written to %s: mark one of them in a run of its own, with another --out", other, file, name)
		}
		by[name] = file
	}
	return nil
}

func markSpikes(w io.Writer, file, folder string) error {
	t, err := backtest.Open(file, backtest.SeriesColumns)
	if err != nil {
		return err
	}
	marks := backtest.Spikes(t)
	if folder == "" {
		return writeMarks(w, t, marks)
	}
	path := filepath.Join(folder, markedName(file))
	if same, err := sameFile(path, file); err != nil || same {
		return fmt.Errorf("write %s: it is the file that is read: name another folder with --out", path)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("write spikes: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write spikes: %w", err)
	}
	defer f.Close()
	if err := writeMarks(f, t, marks); err != nil {
		return err
	}
	return f.Close()
}

func sameFile(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y), err
}

func writeMarks(w io.Writer, t *backtest.Table, marks []backtest.Mark) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	_ = out.Write([]string{"timestamp", "value", "anomaly_score", "alarm"}) // an error stays for Flush
	for i := range marks {
		m := &marks[i]
		value, alarm := strconv.FormatFloat(m.Value, 'f', -1, 64), "0"
		if math.IsNaN(m.Value) {
			value = ""
		}
		if m.Alarm {
			alarm = "1"
		}
		_ = out.Write([]string{t.Rows[i].Stamp, value, strconv.FormatFloat(m.Score, 'f', 4, 64), alarm})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write spikes: %w", err)
	}
	return buffered.Flush()
}
