package web

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// maskedViews are what answers have of records that roles mask fields of, besides the types that tell of
// them alone.
var maskedViews = []any{ContactDetail{}, OpportunityItem{}, OpportunityView{}, ActivityItem{}, CampaignView{}, IdeaView{}, QuoteView{}, OrderView{}, InvoiceView{}}

// Every field that a role can mask is in no answer of who has the role, and in that of everybody else.
func TestEveryMaskableFieldIsHidden(t *testing.T) {
	told := make(map[string][]reflect.Type)
	for of, kind := range maskedTypes {
		if of.Kind() == reflect.Struct && of != reflect.TypeFor[ContactRef]() && of != reflect.TypeFor[AccountRef]() {
			told[kind] = append(told[kind], of)
		}
	}
	for _, v := range maskedViews {
		of := reflect.TypeOf(v)
		told[recordOf(of)] = append(told[recordOf(of)], of)
	}
	for _, g := range crm.GovernedTypes() {
		names := crm.MaskableFields(g.Name)
		if len(names) > 0 && len(told[g.Name]) == 0 {
			t.Errorf("%s: no answer tells of it", g.Name)
		}
		shown := make(map[string]bool)
		for _, of := range told[g.Name] {
			for _, name := range append(names, "own_field") {
				before, after := masks(of, g.Name, ""), masks(of, g.Name, name)
				shown[name] = shown[name] || before[name] != nil
				if after[name] != nil || len(before) < 9 {
					t.Errorf("%s: %s shows %s", g.Name, of, name)
				}
				own, ok := before["fields"].(map[string]any)
				if !ok {
					continue
				}
				shown["own_field"] = own["own_field"] != nil
				if own, ok := after["fields"].(map[string]any); name == "own_field" && (!ok || own[name] != nil || own["other"] == nil) {
					t.Errorf("%s: %s has of the company's own fields %v", g.Name, of, own)
				}
			}
		}
		for _, name := range names {
			if !shown[name] && !slices.Contains(behind, g.Name+"."+name) {
				t.Errorf("%s.%s can be masked, and no answer has it", g.Name, name)
			}
		}
		if slices.Contains(crm.FieldTypes, g.Name) && !shown["own_field"] {
			t.Errorf("%s: no answer has the company's own fields", g.Name)
		}
	}
}

// behind are fields that answers tell by what they name.
var behind = []string{"lead.author_id", "lead.post_id"}

// masks is a full value of a type as somebody gets it from whom a field is hidden.
func masks(of reflect.Type, kind, field string) map[string]any {
	v := reflect.New(of).Elem()
	fill(v, 0)
	role := crm.Role{Grants: []crm.Grant{{Type: "*", Action: "*", Level: crm.LevelAll}}}
	if field != "" {
		role.Masks = []crm.Mask{{Type: kind, Field: field, Hidden: true}}
	}
	return masker{&crm.Access{UserID: "anna", Roles: []crm.Role{role}}}.plain(v).(map[string]any)
}

// fill gives everything in a value a value.
func fill(v reflect.Value, depth int) {
	if !v.CanSet() || depth > 6 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		if v.Type().Elem().Kind() == reflect.Interface {
			v.SetMapIndex(reflect.ValueOf("own_field"), reflect.ValueOf("x"))
			v.SetMapIndex(reflect.ValueOf("other"), reflect.ValueOf("x"))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf("x"))
		}
	}
}
