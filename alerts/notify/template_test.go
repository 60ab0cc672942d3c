package notify_test

import (
	"strings"
	"testing"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

func templates(t *testing.T, text string) ([]config.Template, error) {
	t.Helper()
	var list []config.Template
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	_, err := notify.NewTemplates(list)
	return list, err
}

func TestTemplateErrorsNameTheLine(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"ErrSyntax":    {"- name: a\n  text: |\n    {{.Monitor}}\n    {{if}}\n", "alerts.templates[0].text: line 4: missing value for if"},
		"ErrField":     {"- name: a\n  title: '{{.Moniter}}'\n", "alerts.templates[0].title: line 2: "},
		"ErrInner":     {"- name: a\n  text: |\n    x\n    {{range .Also}}{{.Severety}}{{end}}\n", "text: line 4: "},
		"ErrHTML":      {"- name: a\n  html: |\n    <a href=\"{{if .URL}}\">x</a>{{end}}\n", "html: line"},
		"ErrUnclosed":  {"- name: a\n  text: '{{.Monitor'\n", "text: line 2: "},
		"ErrFunction":  {"- name: a\n  text: '{{env \"HOME\"}}'\n", `function "env" not defined`},
		"ErrRecursion": {"- name: a\n  text: '{{define \"x\"}}{{template \"x\" .}}{{end}}{{template \"x\" .}}'\n", "exceeded maximum template depth"},
		"ErrLong":      {"- name: a\n  text: '{{range 10000}}aaaaaaaaaaaaaaaaaaaa{{end}}'\n", "longer than 65536 bytes"},
		"ErrName":      {"- title: x\n", "alerts.templates[0].name"},
		"ErrTwice":     {"- name: a\n- name: a\n", "alerts.templates[1].name"},
		"ErrLanguage":  {"- name: a\n  language: fr\n", "alerts.templates[0].language"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := templates(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	list, err := templates(t, `
- name: short
  title: "{{.Monitor}} {{.KindWord}} {{.StateWord}}"
  text: "{{range .Reasons}}{{.}};{{end}}"
- name: risky
  text: "{{.Mention.Text}}"
- name: deutsch
  language: de
  html: "<p>{{index .Reasons 1}}</p>"
`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := notify.NewTemplates(list)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		template, language string
		failed             bool
		want               []string // of title, text and HTML
	}{
		"OKBuiltIn":  {"", "en", false, []string{"ACME: firestorm has begun (severity 3 of 6)", "Severity: 3/6, fresh breeze", "<li>42 people"}},
		"OKGerman":   {"", "de", false, []string{"ACME: Shitstorm hat begonnen (Schwere 3 von 6)", "Schwere: 3/6, frische Brise", "Höhepunkt"}},
		"OKUnknown":  {"", "fr", false, []string{"has begun", "Severity", "Severity"}},
		"OKTemplate": {"short", "en", false, []string{"ACME firestorm has begun", "usual 1.3;", "&lt;script&gt;"}},
		"OKHTML":     {"deutsch", "en", false, []string{"Shitstorm", "Schwere", "<p>driven by: &lt;script&gt;"}},
		"ErrAtRun":   {"risky", "en", true, []string{"has begun", `(The template "risky" failed: `, "This is the built-in text"}},
		"ErrGone":    {"gone", "de", true, []string{"hat begonnen", `(Die Vorlage "gone" schlug fehl: `, "eingebaute Text"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := storm()
			n.Language, n.Template = tt.language, tt.template
			if err := all.Word(&n); (err != nil) != tt.failed {
				t.Errorf("got %v", err)
			}
			for i, got := range []string{n.Message.Title, n.Message.Text, n.Message.HTML} {
				if !strings.Contains(got, tt.want[i]) {
					t.Errorf("want %q in\n%s", tt.want[i], got)
				}
			}
			if strings.Contains(n.Message.HTML, "<script>") {
				t.Errorf("a post became markup:\n%s", n.Message.HTML)
			}
		})
	}
}

// Reasons are told in the language of the notification, those of what is told with it, too; the
// notification itself, which programs get, keeps the English ones.
func TestReasonsInGerman(t *testing.T) {
	n := notify.Examples()[0]
	n.Language = "de"
	own, err := notify.NewTemplates([]config.Template{{Name: "own", Text: config.TemplateText{Text: "{{index .Reasons 0}}; {{range .Also}}{{index .Reasons 1}}{{end}}"}}})
	if err != nil {
		t.Fatal(err)
	}
	for template, wants := range map[string][]string{
		"":    {"42 Menschen schrieben in 30 min negativ, üblich sind 1,3", "71 % des Anstiegs sind negativ"},
		"own": {"42 Menschen schrieben in 30 min negativ, üblich sind 1,3; 71 % des Anstiegs sind negativ"},
	} {
		n.Template = template
		if err := own.Word(&n); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(n.Message.Text, want) || template == "" && !strings.Contains(n.Message.HTML, want) {
				t.Errorf("%q lacks %q:\n%s", template, want, n.Message.Text)
			}
		}
	}
	if n.Reasons[1] != "71 % of the increase is negative" {
		t.Errorf("programs get %q", n.Reasons)
	}
}
