package notify

import (
	"fmt"
	"time"

	"github.com/go-analyze/charts"
)

// Sizes of pictures in pixels: wide enough for a mail, narrow enough for a telephone.
const (
	chartWidth  = 640
	chartHeight = 240
	mostPoints  = 500
)

// curvePicture draws posts and negative posts around an incident as PNG; nil where there is nothing to draw.
func (n *Notification) curvePicture() ([]byte, error) {
	points := n.Curve
	if len(points) < 2 || len(points) > mostPoints {
		return nil, nil
	}
	posts, negative, labels := make([]float64, len(points)), make([]float64, len(points)), make([]string, len(points))
	for i, p := range points {
		posts[i], negative[i], labels[i] = float64(p.Posts), float64(p.Negative), p.At.In(n.zone()).Format("15:04")
	}
	names := map[string][]string{"en": {"Posts", "negative"}, "de": {"Beiträge", "negativ"}}[n.Language]
	if names == nil {
		names = []string{"Posts", "negative"}
	}
	return picture([][]float64{posts, negative}, names, labels, false)
}

// digestPicture draws posts and the sentiment index of a monitor over the time of a digest.
func (n *Notification) digestPicture(part *DigestMonitor) ([]byte, error) {
	if len(part.Curve) < 2 || len(part.Curve) > mostPoints {
		return nil, nil
	}
	posts, index, labels := make([]float64, len(part.Curve)), make([]float64, len(part.Curve)), make([]string, len(part.Curve))
	layout := "2.1."
	if part.Curve[1].At.Sub(part.Curve[0].At) < 20*time.Hour {
		layout = "15:04"
	}
	for i, p := range part.Curve {
		posts[i], index[i], labels[i] = float64(p.Posts), charts.GetNullValue(), p.At.In(n.zone()).Format(layout)
		if p.Index != nil {
			index[i] = *p.Index
		}
	}
	w := n.digestWords()
	return picture([][]float64{posts, index}, []string{w.posts, w.index}, labels, true)
}

// picture draws lines over the same points. The second may have an axis of its own, −10…10.
func picture(lines [][]float64, names, labels []string, index bool) ([]byte, error) {
	list := charts.NewSeriesListLine(lines, charts.LineSeriesOption{Names: names})
	if index {
		list[1].YAxisIndex = 1
	}
	opt := charts.NewLineChartOptionWithSeries(list)
	opt.Theme = charts.GetDefaultTheme().WithSeriesColors([]charts.Color{charts.ColorFromHex("#1c7ed6"), charts.ColorFromHex("#e03131")})
	opt.Symbol.Shape = charts.SymbolNone
	opt.LineStrokeWidth = 2
	opt.Legend.SeriesNames = names
	opt.XAxis.Labels = labels
	opt.XAxis.LabelCount = min(len(labels), 8)
	opt.XAxis.BoundaryGap = charts.Ptr(false)
	opt.YAxis[0].Min = charts.Ptr(0.0)
	if index {
		opt.YAxis[1].Min, opt.YAxis[1].Max = charts.Ptr(-10.0), charts.Ptr(10.0)
		opt.YAxis[1].LabelCount = 5
	}
	opt.ValueFormatter = func(x float64) string { return fmt.Sprintf("%.0f", x) }
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: chartWidth, Height: chartHeight})
	if err := p.LineChart(opt); err != nil {
		return nil, fmt.Errorf("draw curve: %w", err)
	}
	data, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("draw curve: %w", err)
	}
	return data, nil
}
