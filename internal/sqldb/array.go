package sqldb

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// An array is one column of many rows, as PostgreSQL takes it in one value.
type array struct {
	value any
	kind  string // of its elements; empty: all of them are NULL
}

// arrayOf gathers the j-th values of rows. Whole numbers beside others become floating point.
func arrayOf(rows [][]any, j int) (array, error) {
	cells := make([]any, len(rows))
	kind := ""
	for i, row := range rows {
		v, err := driver.DefaultParameterConverter.ConvertValue(row[j])
		if err != nil {
			return array{}, fmt.Errorf("row %d, value %d: %w", i+1, j+1, err)
		}
		cells[i] = v
		switch k := kindOf(v); {
		case k == kind || v == nil:
		case kind == "":
			kind = k
		case (kind == "float8" || kind == "bigint") && (k == "float8" || k == "bigint"):
			kind = "float8"
		default:
			return array{}, fmt.Errorf("row %d, value %d is a %T, those before it are %s", i+1, j+1, v, kind)
		}
	}
	switch kind {
	case "bigint":
		return array{elements[int64](cells), kind}, nil
	case "float8":
		for i, v := range cells {
			if n, ok := v.(int64); ok {
				cells[i] = float64(n)
			}
		}
		return array{elements[float64](cells), kind}, nil
	case "boolean":
		return array{elements[bool](cells), kind}, nil
	case "bytea":
		return array{elements[[]byte](cells), kind}, nil
	case "text":
		return array{elements[string](cells), kind}, nil
	case "":
		return array{}, nil
	}
	return array{}, fmt.Errorf("value %d is of a type that no column has", j+1)
}

func kindOf(v any) string {
	switch v.(type) {
	case int64:
		return "bigint"
	case float64:
		return "float8"
	case bool:
		return "boolean"
	case []byte:
		return "bytea"
	case string:
		return "text"
	}
	return "unknown"
}

// elements are the values of an array, or pointers at them where some are NULL.
func elements[T any](cells []any) any {
	all, some := make([]T, len(cells)), make([]*T, len(cells))
	whole := true
	for i, v := range cells {
		if v == nil {
			whole = false
			continue
		}
		all[i] = v.(T)
		some[i] = &all[i]
	}
	if whole {
		return all
	}
	return some
}

// arraysSQL renders the insertion of as many rows as the arrays have elements, and its values. Its
// text does not depend on how many that are, so that it is taken apart once.
func arraysSQL(ins Insert, rows [][]any) (query string, args []any, err error) {
	var from, names, selected []string
	for j := range ins.Columns {
		a, err := arrayOf(rows, j)
		if err != nil {
			return "", nil, fmt.Errorf("column %s: %w", ins.Columns[j], err)
		}
		if a.kind == "" {
			selected = append(selected, "NULL")
			continue
		}
		args = append(args, a.value)
		name := fmt.Sprintf("v%d", len(args))
		from = append(from, fmt.Sprintf("$%d::%s[]", len(args), a.kind))
		names, selected = append(names, name), append(selected, name)
	}
	query = ins.into() + " SELECT " + strings.Join(selected, ", ") + " FROM unnest(" + strings.Join(from, ", ") + ") AS v (" + strings.Join(names, ", ") + ")" + ins.unlessThere()
	return query, args, nil
}
