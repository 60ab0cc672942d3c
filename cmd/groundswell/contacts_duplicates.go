package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/matcher"
	"github.com/spf13/cobra"
)

// contactsDuplicatesCommand finds the rows of a file that are about one person.
func contactsDuplicatesCommand() *cobra.Command {
	d := &duplicatesRun{}
	c := &cobra.Command{
		Use:   "duplicates FILE.csv [--truth COLUMN]",
		Short: "Find the rows of a CSV file that are about one person",
		Long: `Find the rows of a CSV file that are about one person: id_a,id_b,probability,evidence, the most probable first. Any
header will do: names, birth date, address, e-mail, phone and so on are told by header and content. Nothing has to be
trained. --truth names the column that says who is who; it is not looked at before the figures are printed on standard
error: precision, recall, F1 and calibration of pairs. docs/matching.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, args[0]) },
	}
	c.Flags().StringVar(&d.truth, "truth", "", "column that is the same for rows about one person")
	c.Flags().StringVar(&d.id, "id", "", "column that names a row; else it is told by its header, or the row's number")
	c.Flags().StringVar(&d.out, "out", "", "file that gets the pairs; empty: standard output")
	c.Flags().Float64Var(&d.least, "least", 0.01, "least probability of a pair that is written")
	return c
}

// duplicatesRun is one run of the command.
type duplicatesRun struct {
	truth, id, out string
	least          float64
	ids            []string
	who            []uint32 // what the truth says of each row; 0: nothing
	people         map[string]uint32
}

func (d *duplicatesRun) run(c *cobra.Command, file string) (err error) {
	if !(d.least > 0 && d.least < 1) {
		return fmt.Errorf("want 0 < --least < 1, not %v", d.least)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	say := newProgress(c.ErrOrStderr())
	records, err := d.read(file, say)
	if err != nil {
		return err
	}
	say.done()
	roles := records.Roles()
	for _, column := range sortedKeys(roles) {
		fmt.Fprintf(c.ErrOrStderr(), "column %-20s %s\n", column, roles[column])
	}
	found, err := records.Duplicates(c.Context(), matcher.DuplicateOptions{Least: d.least, Progress: say.say})
	say.done()
	if err != nil {
		return fmt.Errorf("find duplicates in %s: %w", file, err)
	}
	out := c.OutOrStdout()
	if d.out != "" {
		f, err := os.Create(d.out)
		if err != nil {
			return fmt.Errorf("write duplicates: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	if err := d.write(c.Context(), out, records, found); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%d rows, %d pairs from %v on\n", len(d.ids), len(found), d.least)
	if d.truth != "" {
		d.score(c.ErrOrStderr(), found)
	}
	return nil
}

// idHeaders are headers of the column that names a row.
var idHeaders = []string{"id", "unique_id", "rec_id", "record_id", "contact_id", "customer_id", "row_id", "kundennummer", "nr"}

func (d *duplicatesRun) read(file string, say *progress) (*matcher.Records, error) {
	t, err := openTable(file)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	defer t.close()
	id, truth := t.column(idHeaders...), -1
	if d.id != "" {
		if id, err = t.need(d.id); err != nil {
			return nil, fmt.Errorf("read contacts: --id: %w", err)
		}
	}
	var ignored []string
	if d.truth != "" {
		if truth, err = t.need(d.truth); err != nil {
			return nil, fmt.Errorf("read contacts: --truth: %w", err)
		}
		ignored = append(ignored, t.header[truth])
	}
	if id >= 0 {
		ignored = append(ignored, t.header[id])
	}
	records := matcher.NewRecords(t.header, ignored...)
	d.people = make(map[string]uint32)
	for n := 1; ; n++ {
		ok, err := t.next()
		if err != nil {
			return nil, fmt.Errorf("read contacts: %w", err)
		}
		if !ok {
			break
		}
		records.Add(t.row)
		name := t.get(id)
		if name == "" {
			name = strconv.Itoa(n)
		}
		d.ids = append(d.ids, strings.Clone(name))
		if truth >= 0 {
			d.who = append(d.who, d.person(t.get(truth)))
		}
		if n%5000 == 0 {
			say.say("rows", t.part())
		}
	}
	if truth >= 0 && (len(d.people) < 2 || len(d.people) == len(d.ids)) {
		return nil, fmt.Errorf("read contacts: --truth: column %q of %s does not fit: it has %d values in %d rows; want one that some rows share",
			d.truth, file, len(d.people), len(d.ids))
	}
	return records, nil
}

// person numbers a person; 0 where the truth says nothing.
func (d *duplicatesRun) person(name string) uint32 {
	if name == "" {
		return 0
	}
	n, ok := d.people[name]
	if !ok {
		n = uint32(len(d.people)) + 1
		d.people[strings.Clone(name)] = n
	}
	return n
}

func (d *duplicatesRun) write(ctx context.Context, out io.Writer, records *matcher.Records, found []matcher.Duplicate) error {
	buffered := bufio.NewWriterSize(out, 1<<16)
	w := csv.NewWriter(buffered)
	_ = w.Write([]string{"id_a", "id_b", "probability", "evidence"})
	for i, f := range found {
		if i%10_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		// Twelve digits keep the order of pairs that are all but certain.
		_ = w.Write([]string{d.ids[f.A], d.ids[f.B], strconv.FormatFloat(f.Probability, 'f', 12, 64), records.Explain(f)})
	}
	w.Flush()
	if err := errors.Join(w.Error(), buffered.Flush()); err != nil {
		return fmt.Errorf("write duplicates: %w", err)
	}
	return nil
}

// score prints how right the pairs are. Rows of which the truth says nothing are left out.
func (d *duplicatesRun) score(w io.Writer, found []matcher.Duplicate) {
	size := make([]int, len(d.people)+1)
	for _, p := range d.who {
		size[p]++
	}
	total := 0
	for _, n := range size[1:] {
		total += n * (n - 1) / 2
	}
	f1 := func(right, n int) float64 { return 2 * float64(right) / float64(n+total) }
	var labels []matcher.Label
	right, half, rightOfHalf, best, at := 0, 0, 0, 0.0, 1.0
	for _, f := range found { // the most probable first
		if d.who[f.A] == 0 || d.who[f.B] == 0 {
			continue
		}
		same := d.who[f.A] == d.who[f.B]
		count(&right, same)
		labels = append(labels, matcher.Label{Probability: f.Probability, Right: same})
		if f.Probability >= 0.5 {
			half, rightOfHalf = len(labels), right
		}
		if v := f1(right, len(labels)); v > best {
			best, at = v, f.Probability
		}
	}
	fmt.Fprintf(w, "pairs that are one person  %d\n", total)
	fmt.Fprintf(w, "precision at 0.5           %s\n", share(rightOfHalf, half))
	fmt.Fprintf(w, "recall at 0.5              %s\n", share(rightOfHalf, total))
	fmt.Fprintf(w, "F1 at 0.5                  %.4f\n", f1(rightOfHalf, half))
	fmt.Fprintf(w, "best F1                    %.4f, from probability %.4g on\n", best, at)
	fmt.Fprintf(w, "calibration error          %.4f\n", matcher.CalibrationError(labels))
	bands := matcher.Bands(labels, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999)
	slices.Reverse(bands)
	for _, b := range bands {
		if b.Count > 0 {
			fmt.Fprintf(w, "  %.3f to %.3f  %8d pairs, said %.4f, right %.4f\n", b.From, b.To, b.Count, b.Said, float64(b.Right)/float64(b.Count))
		}
	}
}
