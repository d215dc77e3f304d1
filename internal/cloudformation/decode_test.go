package cloudformation

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type common struct{ Size int }

type shape struct {
	common

	Name    string `cfn:"TheName"`
	Count   int
	Share   float64
	On      bool
	Limit   *int
	Names   []string
	Actions Texts
	Inner   struct{ Value string }
	Pointer *struct{ Value string }
	Map     map[string]string
	Raw     any
	Tags    Ignored

	hidden string
}

func TestDecode(t *testing.T) {
	zero := 0
	for name, test := range map[string]struct {
		value map[string]any
		want  shape
	}{
		"nothing":        {map[string]any{}, shape{hidden: ""}},
		"by its tag":     {map[string]any{"TheName": "a"}, shape{Name: "a"}},
		"number as text": {map[string]any{"Count": "5", "Share": "0.5"}, shape{Count: 5, Share: 0.5}},
		"text as number": {map[string]any{"TheName": json.Number("5")}, shape{Name: "5"}},
		"truth as text":  {map[string]any{"On": "true"}, shape{On: true}},
		"truth":          {map[string]any{"On": true}, shape{On: true}},
		"zero that is":   {map[string]any{"Limit": json.Number("0")}, shape{Limit: &zero}},
		"list":           {map[string]any{"Names": []any{"a", json.Number("1")}}, shape{Names: []string{"a", "1"}}},
		"one text":       {map[string]any{"Actions": "a"}, shape{Actions: Texts{"a"}}},
		"several texts":  {map[string]any{"Actions": []any{"a", "b"}}, shape{Actions: Texts{"a", "b"}}},
		"structs":        {map[string]any{"Inner": map[string]any{"Value": "a"}}, shape{Inner: struct{ Value string }{"a"}}},
		"pointer":        {map[string]any{"Pointer": map[string]any{}}, shape{Pointer: &struct{ Value string }{}}},
		"map":            {map[string]any{"Map": map[string]any{"a": "b"}}, shape{Map: map[string]string{"a": "b"}}},
		"whatever":       {map[string]any{"Raw": []any{"a"}}, shape{Raw: []any{"a"}}},
		"embedded":       {map[string]any{"Size": "3"}, shape{common: common{3}}},
		"not looked at":  {map[string]any{"Tags": []any{map[string]any{"a": "{{resolve:ssm:b}}"}}}, shape{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got shape
			if err := Decode("P", test.value, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(shape{}, common{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"no mapping":         {"a", "P: a must be a mapping"},
		"unknown member":     {map[string]any{"Colour": "red"}, "P.Colour: is not known here"},
		"the field's name":   {map[string]any{"Name": "a"}, "P.Name: is not known here"},
		"hidden field":       {map[string]any{"hidden": "a"}, "P.hidden: is not known here"},
		"no number":          {map[string]any{"Count": "five"}, `P.Count: "five" must be a whole number`},
		"fraction":           {map[string]any{"Count": json.Number("1.5")}, `P.Count: "1.5" must be a whole number`},
		"no fraction":        {map[string]any{"Share": "half"}, `P.Share: "half" must be a number`},
		"no truth":           {map[string]any{"On": "yes"}, `P.On: "yes" must be a truth value`},
		"list for a text":    {map[string]any{"TheName": []any{}}, "P.TheName: [] must be a single value"},
		"text for a list":    {map[string]any{"Names": "a"}, "P.Names: a must be a list"},
		"text for a map":     {map[string]any{"Map": "a"}, "P.Map: a must be a mapping"},
		"deep":               {map[string]any{"Inner": map[string]any{"Value": map[string]any{}}}, "P.Inner.Value: "},
		"element":            {map[string]any{"Names": []any{"a", []any{}}}, "P.Names.1: "},
		"dynamic reference":  {map[string]any{"TheName": "{{resolve:secretsmanager:a}}"}, "P.TheName: "},
		"in a map's element": {map[string]any{"Map": map[string]any{"a": []any{}}}, "P.Map.a: "},
	} {
		t.Run(name, func(t *testing.T) { says(t, Decode("P", test.value, &shape{}), test.want) })
	}
}
