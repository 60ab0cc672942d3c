package notify

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"
)

// shared are the keys of every channel, which its owner reads: its name and its kind.
var shared = []string{"kind", "name"}

// decode reads a section into the struct that into points to. A key without a field is refused
// with its line and the nearest one there is. The values are secrets; no error shows one.
func decode(section *yaml.Node, into any) error {
	if section.Kind == yaml.DocumentNode && len(section.Content) == 1 {
		section = section.Content[0]
	}
	if section.Kind == yaml.AliasNode {
		section = section.Alias
	}
	if section.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want keys with values", section.Line)
	}
	fields := fieldsOf(reflect.TypeOf(into).Elem())
	var errs []error
	own := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: section.Line}
	for i := 0; i+1 < len(section.Content); i += 2 {
		key, value := section.Content[i], section.Content[i+1]
		switch {
		case slices.Contains(shared, key.Value):
		case fields[key.Value]:
			own.Content = append(own.Content, key, value)
		default:
			errs = append(errs, fmt.Errorf("line %d: unknown key %q: did you mean %q?", key.Line, key.Value, nearest(key.Value, fields)))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for i := 0; i < len(own.Content); i += 2 {
		one := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: own.Content[i : i+2]}
		err := one.Decode(into)
		switch {
		case err == nil:
		case !errors.As(err, new(*yaml.TypeError)): // a secret that is elsewhere; the others would show it
			return fmt.Errorf("%s: %w", own.Content[i].Value, err)
		default:
			return fmt.Errorf("line %d: %s: the value has the wrong form", own.Content[i].Line, own.Content[i].Value)
		}
	}
	return nil
}

// fieldsOf lists the keys that a struct takes.
func fieldsOf(t reflect.Type) map[string]bool {
	keys := map[string]bool{}
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if options == "inline" {
			maps.Copy(keys, fieldsOf(t.Field(i).Type))
		} else if key != "" {
			keys[key] = true
		}
	}
	return keys
}

func nearest(key string, fields map[string]bool) string {
	return slices.MinFunc(slices.Sorted(maps.Keys(fields)), func(a, b string) int {
		return levenshtein.ComputeDistance(key, a) - levenshtein.ComputeDistance(key, b)
	})
}

// hide takes secrets out of an error's text.
func hide(err error, secrets ...string) error {
	text := err.Error()
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[hidden]")
		}
	}
	return errors.New(text)
}
