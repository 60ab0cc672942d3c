package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// FieldInput filters a list by fields of the company's own.
type FieldInput struct {
	Field []string `query:"field" maxItems:"10" doc:"Only records whose field has the value: NAME:VALUE, as often as wanted, separated by commas."`
}

func (in *FieldInput) filter() (crm.FieldFilter, error) {
	filter := make(crm.FieldFilter, len(in.Field))
	for _, f := range in.Field {
		name, value, ok := strings.Cut(f, ":")
		if !ok || name == "" {
			return nil, &fault{kind: kindInvalid, detail: "field: want NAME:VALUE", field: "query.field"}
		}
		filter[name] = value
	}
	return filter, nil
}

// FieldBody is what a person sets of a field's definition.
type FieldBody struct {
	Labels     map[string]string `json:"labels,omitempty" doc:"By language, such as en and de."`
	Required   bool              `json:"required,omitempty"`
	Unique     bool              `json:"unique,omitempty" doc:"No two records have the same value."`
	Pattern    string            `json:"pattern,omitempty" maxLength:"200" doc:"Of a text: a regular expression (RE2) that the whole of it matches."`
	Min        string            `json:"min,omitempty" maxLength:"40" doc:"A number (of a money: minor units), or a date; of a text: its length."`
	Max        string            `json:"max,omitempty" maxLength:"40"`
	Choices    []crm.FieldChoice `json:"choices,omitempty" maxItems:"200"`
	References string            `json:"reference_type,omitempty" enum:"account,contact,lead,opportunity,campaign" doc:"Of a reference: the type of record it names."`
	Position   int64             `json:"position,omitempty" doc:"In forms, the smallest first."`
	Archived   bool              `json:"archived,omitempty" doc:"It keeps what it has, and is shown no more."`
}

func (b *FieldBody) apply(f *crm.Field) {
	f.Labels, f.Required, f.Unique, f.Pattern, f.Min, f.Max, f.Choices, f.References, f.Position, f.Archived = b.Labels, b.Required, b.Unique, b.Pattern, b.Min,
		b.Max, b.Choices, b.References, b.Position, b.Archived
}

type (
	fieldsInput struct {
		Type string `query:"type" enum:"account,contact,lead,opportunity,campaign" doc:"Only those of a type of record."`
	}
	createFieldInput struct {
		Body struct {
			RecordType string `json:"record_type" enum:"account,contact,lead,opportunity,campaign"`
			Name       string `json:"name" pattern:"^[a-z][a-z0-9_]{0,49}$"`
			Kind       string `json:"kind" enum:"text,number,money,date,boolean,choice,multi-choice,url,reference"`
			FieldBody
		}
	}
	updateFieldInput struct {
		IDInput
		Expectation
		Body FieldBody
	}
)

func (s *Server) fieldRoutes() {
	const tag = "fields"
	operate(s, needs(crm.ToRead, crm.RecordField), getting(tag, "list-fields", "/fields", "List the fields of your own, in the order of forms"), s.listFields)
	operate(s, needs(crm.ToRead, crm.RecordField), getting(tag, "get-field", "/fields/{id}", "Get the definition of a field"), s.getField)
	operate(s, needs(crm.ToCreate, crm.RecordField), doing(tag, "create-field", http.MethodPost, "/fields", "Define a field. From the first on, fields that are not defined are refused"), s.createField)
	operate(s, needs(crm.ToUpdate, crm.RecordField), doing(tag, "update-field", http.MethodPut, "/fields/{id}", "Change the definition of a field. What records have stays until it is changed"), s.updateField)
}

func (s *Server) listFields(ctx context.Context, in *fieldsInput) (*one[Page[crm.Field]], error) {
	list, err := crm.Fields(ctx, s.DB, in.Type)
	return views(list, "", err, fieldView)
}

// fieldView shows lists and maps as such, empty or not.
func fieldView(f crm.Field) crm.Field {
	if f.Choices = orEmpty(f.Choices); f.Labels == nil {
		f.Labels = map[string]string{}
	}
	return f
}

func (s *Server) getField(ctx context.Context, in *IDInput) (*versioned[crm.Field], error) {
	f, err := crm.FieldByID(ctx, s.DB, in.ID)
	return &versioned[crm.Field]{etag(f.Version), fieldView(f)}, err
}

func (s *Server) createField(ctx context.Context, in *createFieldInput) (*versioned[crm.Field], error) {
	f := crm.Field{RecordType: in.Body.RecordType, Name: in.Body.Name, Kind: in.Body.Kind}
	in.Body.apply(&f)
	return saved(ctx, s, Expectation{}, fieldView, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Field, error) {
		return crm.SaveField(ctx, tx, ch, f)
	})
}

func (s *Server) updateField(ctx context.Context, in *updateFieldInput) (*versioned[crm.Field], error) {
	return saved(ctx, s, in.Expectation, fieldView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Field, error) {
		f, err := crm.FieldByID(ctx, tx, in.ID)
		if err != nil {
			return f, err
		}
		if version != 0 {
			f.Version = version
		}
		in.Body.apply(&f)
		return crm.SaveField(ctx, tx, ch, f)
	})
}
