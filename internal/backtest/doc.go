// Package backtest runs the detector over what has been counted before: series as in the Numenta
// Anomaly Benchmark, tables of storms, stored cells. It adds no rule of its own: each is cut into
// minutes and judged by alerts/spike, in order, as a daemon would.
package backtest
