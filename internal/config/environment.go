package config

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// prefix begins the variables that override a key: GROUNDSWELL_LOG_SYNC_WRITES for log.sync_writes.
const prefix = "GROUNDSWELL_"

// override puts the environment's values into the document. A value is read as YAML; for a list,
// words with commas between them will do. Variables that name no key are left to others.
func override(doc *yaml.Node, environ []string) error {
	paths := make(map[string]leaf)
	leaves(reflect.TypeFor[Config](), nil, paths)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		l, ok := paths[name]
		if !ok {
			continue
		}
		if l.list && !strings.HasPrefix(strings.TrimSpace(value), "[") {
			value = "[" + value + "]"
		}
		var parsed yaml.Node
		if l.list {
			if err := yaml.Unmarshal([]byte(value), &parsed); err != nil {
				return fmt.Errorf("environment variable %s: want words with commas between them", name)
			}
			parsed = *parsed.Content[0]
		} else {
			parsed = yaml.Node{Kind: yaml.ScalarNode, Value: value}
		}
		set(doc, l.path, &parsed)
	}
	return nil
}

// A leaf is a key that holds one value or a list of them.
type leaf struct {
	path []string
	list bool
}

func leaves(t reflect.Type, path []string, out map[string]leaf) {
	for key, f := range fields(t) {
		p := append(slices.Clone(path), key)
		switch {
		case f.Kind() == reflect.Struct:
			leaves(f, p, out)
		case f.Kind() == reflect.Slice && f.Elem().Kind() == reflect.Struct: // too much for one variable
		default:
			out[prefix+strings.ToUpper(strings.Join(p, "_"))] = leaf{p, f.Kind() == reflect.Slice}
		}
	}
}

// set puts a value at a path of the document, making the mappings on the way.
func set(doc *yaml.Node, path []string, value *yaml.Node) {
	if doc.Kind == 0 {
		*doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	at := doc.Content[0]
	for i, key := range path {
		next := lookup(at, key)
		if next == nil {
			next = &yaml.Node{Kind: yaml.MappingNode}
			at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, next)
		}
		if i == len(path)-1 {
			*next = *value
		} else if next.Kind != yaml.MappingNode {
			*next = yaml.Node{Kind: yaml.MappingNode}
		}
		at = next
	}
}

func lookup(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// Keys are all keys that hold a value, such as log.sasl.user.
func Keys() []string {
	paths := make(map[string]leaf)
	leaves(reflect.TypeFor[Config](), nil, paths)
	keys := make([]string, 0, len(paths))
	for _, l := range paths {
		keys = append(keys, strings.Join(l.path, "."))
	}
	sort.Strings(keys)
	return keys
}
