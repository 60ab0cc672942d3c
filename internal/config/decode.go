package config

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"
)

// Decode fills a struct from a YAML mapping, strictly: a key the struct does not know is refused
// with its line and the nearest known key. A nil node leaves the struct as it is.
func Decode(node *yaml.Node, into any) error {
	if node == nil || node.Kind == 0 {
		return nil
	}
	if err := checkKeys(node, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	if err := node.Decode(into); err != nil {
		var te *yaml.TypeError
		if errors.As(err, &te) {
			return errors.New(strings.Join(te.Errors, "; "))
		}
		return err
	}
	return nil
}

var nodeType = reflect.TypeFor[yaml.Node]()

// checkKeys walks the mapping beside the type and reports every key the type lacks.
func checkKeys(node *yaml.Node, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nodeType:
		return nil
	case node.Kind == yaml.DocumentNode && len(node.Content) == 1:
		return checkKeys(node.Content[0], t, path)
	case node.Kind == yaml.AliasNode:
		return checkKeys(node.Alias, t, path)
	case node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		var errs []error
		for i, item := range node.Content {
			errs = append(errs, checkKeys(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i)))
		}
		return errors.Join(errs...)
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		return checkMapping(node, t, path)
	}
	return nil
}

func checkMapping(node *yaml.Node, t reflect.Type, path string) error {
	known := fields(t)
	seen := make(map[string]int)
	var errs []error
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		name := join(path, key.Value)
		if line, twice := seen[key.Value]; twice {
			errs = append(errs, fmt.Errorf("line %d: key %s stands in line %d already", key.Line, name, line))
			continue
		}
		seen[key.Value] = key.Line
		field, ok := known[key.Value]
		if !ok {
			errs = append(errs, fmt.Errorf("line %d: unknown key %s%s", key.Line, name, suggest(key.Value, known)))
			continue
		}
		errs = append(errs, checkComment(value, field, name), checkKeys(value, field, name))
	}
	return errors.Join(errs...)
}

// checkComment refuses a text that YAML has cut at a hashtag: what follows # is a comment there.
func checkComment(value *yaml.Node, t reflect.Type, path string) error {
	if t.Kind() != reflect.String || value.Kind != yaml.ScalarNode || value.Style != 0 || len(value.LineComment) < 2 || value.LineComment[1] == ' ' {
		return nil
	}
	return fmt.Errorf("line %d: %s ends at %s, which is a comment to YAML: put the whole value in quotes, or a space after the #", value.Line, path, value.LineComment)
}

// fields maps the keys of a struct to the types of their values.
func fields(t reflect.Type) map[string]reflect.Type {
	known := make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case strings.Contains(options, "inline"):
			for k, v := range fields(f.Type) {
				known[k] = v
			}
		case name != "":
			known[name] = f.Type
		}
	}
	return known
}

// suggest names the nearest known key, or all of them when none is near.
func suggest(key string, known map[string]reflect.Type) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	sort.Strings(names)
	best, distance := "", max(2, len(key)/3)+1
	for _, name := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(key), name); d < distance {
			best, distance = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf(": did you mean %s?", best)
	}
	return ": known are " + strings.Join(names, ", ")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
