package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/backtest"
)

func TestDrawCurve(t *testing.T) {
	var curve []backtest.Point
	for h := range 48 {
		curve = append(curve, backtest.Point{At: time.Date(2026, 5, 4, h, 0, 0, 0, time.UTC), Posts: int64(h), Negative: int64(h / 2), Usual: 10, UsualAngry: 2})
	}
	for name, begin := range map[string]string{"curve.svg": "<svg", "curve.png": "\x89PNG"} {
		file := filepath.Join(t.TempDir(), name)
		if err := drawCurve(file, "ACME", curve); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(data, []byte(begin)) {
			t.Errorf("%s: %v, begins with %.8q", name, err, data)
		}
	}
	if err := drawCurve("curve.gif", "ACME", curve); err == nil {
		t.Error("a .gif was drawn")
	}
}
