package backtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Series is a labelled one of the Numenta Anomaly Benchmark.
type Series struct {
	Name    string // realTweets/Twitter_volume_AAPL.csv
	Table   *Table
	Windows []Window
}

// LoadCorpus reads the series of one group from a copy of the benchmark: data/GROUP/*.csv, or
// packed *.csv.gz, and labels/combined_windows.json, or a part of it, labels/combined_windows.*.json.
func LoadCorpus(root, group string) ([]Series, error) {
	windows, err := loadWindows(filepath.Join(root, "labels"))
	if err != nil {
		return nil, err
	}
	var files []string
	for _, pattern := range []string{"*.csv", "*.csv.gz"} {
		found, err := filepath.Glob(filepath.Join(root, "data", group, pattern))
		if err != nil {
			return nil, fmt.Errorf("find series: %w", err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	var all []Series
	for _, file := range files {
		name := group + "/" + strings.TrimSuffix(filepath.Base(file), ".gz")
		if len(all) > 0 && all[len(all)-1].Name == name {
			continue // both packed and not
		}
		labelled, ok := windows[name]
		if !ok {
			return nil, fmt.Errorf("read %s: the labels have no windows of %s: want the labels of the same copy", file, name)
		}
		t, err := Open(file, SeriesColumns)
		if err != nil {
			return nil, err
		}
		all = append(all, Series{name, t, labelled})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read series: no *.csv in %s: --data names a copy of the benchmark, with its folders data and labels", filepath.Join(root, "data", group))
	}
	return all, nil
}

// loadWindows reads the labelled windows of all series, by name.
func loadWindows(folder string) (map[string][]Window, error) {
	path := filepath.Join(folder, "combined_windows.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		parts, _ := filepath.Glob(filepath.Join(folder, "combined_windows.*.json"))
		if len(parts) != 1 {
			return nil, fmt.Errorf("read labels: want %s, or one combined_windows.*.json beside it: --data names a copy of the benchmark", path)
		}
		path = parts[0]
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	var raw map[string][][2]string
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("read labels %s: %w", path, err)
	}
	windows := make(map[string][]Window, len(raw))
	for name, list := range raw {
		windows[name] = []Window{}
		for _, w := range list {
			from, errFrom := time.Parse("2006-01-02 15:04:05", w[0])
			until, errUntil := time.Parse("2006-01-02 15:04:05", w[1])
			if err := errors.Join(errFrom, errUntil); err != nil {
				return nil, fmt.Errorf("read labels %s, %s: %w", path, name, err)
			}
			windows[name] = append(windows[name], Window{from, until})
		}
	}
	return windows, nil
}
