package cloudformation

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// maker makes everything, writes down in which order, and calls each by its logical ID.
type maker struct {
	made []string
	fail string
}

func (m *maker) Make(r Resource) (Physical, error) {
	if r.Name == m.fail {
		return Physical{}, errors.New("refused")
	}
	m.made = append(m.made, r.Name)
	return Physical{ID: "id-of-" + r.Name, Attributes: map[string]any{
		"Arn": "arn:" + r.Name, "Nested.Name": "nested", "Zones": []any{"a", "b"},
	}}, nil
}

var here = Place{Account: "123456789012", Region: "eu-west-3", Stack: "web", ID: "c71b3d40"}

func stackOf(t *testing.T, read *Template, m *maker, values ...string) *Stack {
	t.Helper()
	o := Options{
		Place: here, Provider: m, Parameters: map[string]string{},
		SSM: map[string]string{"/version": "7"}, Exports: map[string]string{"other:Vpc": "vpc-1"},
	}
	for i := 0; i < len(values); i += 2 {
		o.Parameters[values[i]] = values[i+1]
	}
	s, err := read.Stack(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMake: each resource is made once, after what it needs, and not at all when its condition does not hold.
func TestMake(t *testing.T) {
	var m maker
	s := stackOf(t, parsed(t, `
Parameters: { Size: { Type: String } }
Conditions: { Large: !Equals [!Ref Size, large] }
Resources:
  A: { Type: T, Properties: { P: [!Ref C, !GetAtt D.Arn] } }
  B: { Type: T, DependsOn: [E, F] }
  C: { Type: T, Properties: { P: !Ref D } }
  D: { Type: T }
  E: { Type: T, Condition: Large }
  F: { Type: T }
Outputs:
  One: { Value: !Ref D }
  Two: { Value: !Ref E, Condition: Large }
`), &m, "Size", "small")
	if err := s.Make(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.made, ""); got != "DCAFB" {
		t.Errorf("made in the order %s", got)
	}
	outputs, err := s.Outputs()
	if diff := cmp.Diff(map[string]any{"One": "id-of-D"}, outputs); diff != "" || err != nil {
		t.Errorf("outputs (-want +got), %v:\n%s", err, diff)
	}
}

func TestParameters(t *testing.T) {
	read := parsed(t, `
Parameters:
  Text: { Type: String, AllowedPattern: "[a-z]+|[0-9]", ConstraintDescription: must be letters., Default: a }
  Size: { Type: String, AllowedValues: [small, large], Default: small }
  Short: { Type: String, MinLength: 1, MaxLength: 3, Default: x }
  Count: { Type: Number, MinValue: 1, MaxValue: 10, Default: 1 }
  Many: { Type: CommaDelimitedList, AllowedPattern: "[a-z]", Default: "a,b" }
  Counts: { Type: List<Number>, MaxValue: 3, Default: "1" }
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>", Default: "" }
  Version: { Type: AWS::SSM::Parameter::Value<Number>, Default: /version }
Resources: { A: { Type: T } }
`)
	for _, test := range []struct{ name, value, want string }{
		{"Text", "abc", ""},
		{"Text", "1", ""},
		{"Text", "a1", `Parameters.Text: "a1" failed to satisfy constraint: must be letters.`},
		{"Text", "ab\n", "must be letters."},
		{"Size", "large", ""},
		{"Size", "medium", "must be one of small, large"},
		{"Short", "äöü", ""},
		{"Short", "", "1 characters at the least"},
		{"Short", "abcd", "3 characters at the most"},
		{"Count", "10", ""},
		{"Count", "1.5", ""},
		{"Count", "0", "must be at least 1"},
		{"Count", "11", "must be at most 10"},
		{"Count", "ten", "must be a number"},
		{"Count", "inf", "must be a number"},
		{"Count", "", "must be a number"},
		{"Many", "a, c", ""},
		{"Many", "a,1", "must match pattern"},
		{"Counts", "1,2", ""},
		{"Counts", "1,4", "must be at most 3"},
		{"Subnets", "subnet-1,subnet-2", ""},
		{"Version", "/version", ""},
		{"Unknown", "a", "the template has no such parameter"},
	} {
		err := read.CheckParameter(test.name, test.value)
		if test.want == "" && err != nil {
			t.Errorf("%s %q: %v", test.name, test.value, err)
		} else if test.want != "" {
			says(t, err, test.want)
		}
	}
}

// TestStackIsRefused: values are looked at before anything is made, and all that is wrong is said.
func TestStackIsRefused(t *testing.T) {
	read := parsed(t, `
Parameters:
  Size: { Type: String, AllowedValues: [small, large] }
  Name: { Type: String, Default: web }
  Version: { Type: AWS::SSM::Parameter::Value<String>, Default: /version }
Rules:
  Bootstrapped:
    Assertions:
      - Assert: !Not [{ "Fn::Contains": [["1", "2"], !Ref Version] }]
        AssertDescription: Bootstrap the account again.
  LargeIsNamed:
    RuleCondition: !Equals [!Ref Size, large]
    Assertions:
      - { Assert: !Not [!Equals [!Ref Name, web]], AssertDescription: A large one needs a name. }
      - { Assert: { "Fn::EachMemberIn": [[!Ref Name], [a, b, web]] }, AssertDescription: It is a or b. }
      - { Assert: { "Fn::EachMemberEquals": [[web], !Ref Name] }, AssertDescription: It is web. }
Resources: { A: { Type: T } }
`)
	for name, test := range map[string]struct {
		values map[string]string
		ssm    string
		want   []string
	}{
		"fine":           {map[string]string{"Size": "small"}, "3", nil},
		"no value":       {nil, "3", []string{"Parameters.Size: must have a value"}},
		"other values":   {map[string]string{"Size": "huge", "Colour": "red"}, "3", []string{"huge", "Parameters.Colour"}},
		"rule":           {map[string]string{"Size": "small"}, "2", []string{"Rules.Bootstrapped: Bootstrap the account again."}},
		"its condition":  {map[string]string{"Size": "large"}, "3", []string{"Rules.LargeIsNamed: A large one needs a name."}},
		"two assertions": {map[string]string{"Size": "large", "Name": "c"}, "3", []string{"It is a or b", "It is web"}},
		"no SSM value":   {map[string]string{"Size": "small"}, "", []string{"there is no SSM parameter /version"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Place: here, Provider: &maker{}, Parameters: test.values, SSM: map[string]string{"/version": test.ssm}}
			if test.ssm == "" {
				o.SSM = nil
			}
			_, err := read.Stack(o)
			if test.want == nil && err != nil {
				t.Error(err)
			}
			for _, want := range test.want {
				says(t, err, want)
			}
		})
	}
}
