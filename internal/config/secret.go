package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Secret hides itself wherever it could be printed: in text, Go syntax, JSON, YAML and logs.
// In the configuration it stands as it is, or as env:NAME or file:PATH.
type Secret string

const hidden = "(hidden)"

// String hides the secret.
func (s Secret) String() string { return s.mask() }

// GoString hides the secret.
func (s Secret) GoString() string { return s.mask() }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mask()) }

// Reveal is the secret itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) mask() string {
	if s == "" {
		return ""
	}
	return hidden
}

// UnmarshalYAML reads the secret, following env:NAME and file:PATH.
func (s *Secret) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a secret is one text, env:NAME or file:PATH", node.Line)
	}
	value, err := resolve(node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	*s = Secret(value)
	return nil
}

func resolve(text string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		value, set := os.LookupEnv(name)
		if !set {
			return "", fmt.Errorf("environment variable %s is not set", name)
		}
		return value, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			var pe *os.PathError
			if errors.As(err, &pe) {
				return "", fmt.Errorf("read secret file %s: %w", path, pe.Err)
			}
			return "", err
		}
		return strings.TrimRight(string(data), "\r\n"), nil
	}
	return text, nil
}
