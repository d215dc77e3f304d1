package cloudformation

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, source string) *Template {
	t.Helper()
	read, err := Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// says fails unless an error is there and says what is wanted.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

const inYAML = `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: { Type: String, Default: web }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${Name}-queue
      Period: 300
      Share: 0.5
      Managed: true
      Quoted: "300"
      Long: |
        one
        two
      Folded: >-
        one
        two
      Short: [!Ref Name, !GetAtt Other.Arn, !GetAtt [Other, Arn], !Select [0, !Split [",", !Ref Name]]]
      Full: [Fn::GetAtt: Other.Outputs.Of.It]
      Empty: {}
  Other:
    Type: AWS::SQS::Queue
`

const inJSON = `{
	"AWSTemplateFormatVersion": "2010-09-09",
	"Parameters": {"Name": {"Type": "String", "Default": "web"}},
	"Resources": {
		"Queue": {"Type": "AWS::SQS::Queue", "Properties": {
			"QueueName": {"Fn::Sub": "${Name}-queue"}, "Period": 300, "Share": 0.5, "Managed": true, "Quoted": "300",
			"Long": "one\ntwo\n", "Folded": "one two",
			"Short": [
				{"Ref": "Name"}, {"Fn::GetAtt": "Other.Arn"}, {"Fn::GetAtt": ["Other", "Arn"]},
				{"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Name"}]}]}
			],
			"Full": [{"Fn::GetAtt": ["Other", "Outputs.Of.It"]}],
			"Empty": {}
		}},
		"Other": {"Type": "AWS::SQS::Queue"}
	}
}`

// TestBothForms: what is written in YAML with tags and in JSON without is the same.
func TestBothForms(t *testing.T) {
	yaml, js := parsed(t, inYAML), parsed(t, inJSON)
	if diff := cmp.Diff(js.root, yaml.root); diff != "" {
		t.Errorf("JSON (-) and YAML (+):\n%s", diff)
	}
	want := map[string]any{"Period": json.Number("300"), "Share": json.Number("0.5"), "Managed": true, "Quoted": "300"}
	for name, value := range want {
		if got := yaml.Properties("Queue")[name]; got != value {
			t.Errorf("%s is the %T %v, want the %T %v", name, got, got, value, value)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	resources := "\nResources: { A: { Type: T } }\n"
	for name, test := range map[string]struct{ source, want string }{
		"nothing":              {"", "must be a mapping"},
		"a list":               {"[]", "must be a mapping"},
		"two documents":        {"a: b\n---\nc: d", "2 documents"},
		"no YAML":              {"a: [", "parse template"},
		"truth of YAML 1.1":    {"Description: off" + resources, "line 1: off must be in quotes"},
		"date of YAML 1.1":     {"Description: 2012-10-17" + resources, "2012-10-17 must be in quotes"},
		"number to base 60":    {"Description: 12:30:45" + resources, "12:30:45 must be in quotes"},
		"octal number":         {"Description: 0123" + resources, "0123 must be in quotes"},
		"account with a zero":  {"Description: 098765432109" + resources, "098765432109 must be in quotes"},
		"number with spaces":   {"Description: 1_000" + resources, "1_000 must be in quotes"},
		"hexadecimal number":   {"Description: 0x10" + resources, "0x10 must be in quotes"},
		"infinity":             {"Description: .inf" + resources, "Infinity is nothing"},
		"empty value":          {"Description:" + resources, "is empty"},
		"anchor":               {"Description: &a x" + resources, "Anchor is nothing"},
		"colons in braces":     {"Metadata: { A: [!Ref AWS::Region] }" + resources, "!Ref within braces must have its argument in quotes"},
		"merge key":            {"Metadata: { <<: { a: b } }" + resources, "merge keys are nothing"},
		"key given twice":      {"Description: a\nDescription: b" + resources, "already defined"},
		"unknown tag":          {"Description: !Reff x" + resources, "!Reff is no known tag"},
		"null in JSON":         {`{"Resources": {"A": {"Type": null}}}`, "Resources.A.Type: is null"},
		"given twice in JSON":  {`{"Resources": {"A": {"Type": "T"}, "A": {}}}`, "Resources.A: is given twice"},
		"JSON that goes on":    {`{"Resources": {"A": {"Type": "T"}}} {}`, "after the end"},
		"JSON that ends early": {`{"Resources": {"A": [`, "at byte 21"},
		"unknown section":      {"Resource: {}" + resources, "Resource: is no known section"},
		"section of a kind":    {"Parameters: []" + resources, "Parameters: must be a mapping"},
		"other version":        {`AWSTemplateFormatVersion: "2012-10-17"` + resources, `must be "2010-09-09"`},
		"other transform":      {"Transform: AWS::Include" + resources, "AWS::Include is not known"},
		"two transforms":       {"Transform: [AWS::Serverless-2016-10-31, AWS::Include]" + resources, "is not known"},
		"globals for nobody":   {"Globals: {}" + resources, "needs the transform"},
		"no resources":         {"Description: x", "one at the least"},
		"resource of a kind":   {"Resources: { A: x }", "Resources.A: must be a mapping"},
		"no type":              {"Resources: { A: { Properties: {} } }", "Resources.A.Type: must be given"},
		"unknown attribute":    {"Resources: { A: { Type: T, Depends: B } }", "Resources.A.Depends: is no known attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.source))
			says(t, err, test.want)
		})
	}
}

// TestNamesThatLeadNowhere: each is found when the template is read, whether its place is ever looked at or not.
func TestNamesThatLeadNowhere(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"reference":            {"Resources: { A: { Type: T, Properties: { P: [!Ref B] } } }", "Resources.A.Properties.P.0: there is no parameter or resource B"},
		"attribute":            {"Resources: { A: { Type: T, Properties: { P: !GetAtt B.Arn } } }", "there is no resource B"},
		"substitute":           {`Resources: { A: { Type: T, Properties: { P: !Sub "x${B}" } } }`, "there is no parameter or resource B"},
		"attribute in a text":  {`Resources: { A: { Type: T, Properties: { P: !Sub "x${B.Arn}" } } }`, "there is no resource B"},
		"condition of a value": {"Resources: { A: { Type: T, Properties: { P: !If [C, 1, 2] } } }", "there is no condition C"},
		"condition":            {"Resources: { A: { Type: T, Condition: C } }", "Resources.A.Condition: there is no condition C"},
		"dependency":           {"Resources: { A: { Type: T, DependsOn: [B] } }", "Resources.A.DependsOn: there is no resource B"},
		"in a branch not taken": {
			"Conditions: { C: !Equals [1, 1] }\nResources: { A: { Type: T, Properties: { P: !If [C, 1, !Ref B] } } }",
			"Resources.A.Properties.P.Fn::If.2: there is no parameter or resource B",
		},
		"condition on a resource": {
			"Conditions: { C: !Equals [!Ref A, 1] }\nResources: { A: { Type: T } }",
			"Conditions.C.Fn::Equals.0: there is no parameter or resource A",
		},
		"condition in a condition": {
			"Conditions: { C: !Not [!Condition D] }\nResources: { A: { Type: T } }", "there is no condition D",
		},
		"output": {"Resources: { A: { Type: T } }\nOutputs: { O: { Value: !Ref B } }", "Outputs.O.Value: there is no"},
		"condition of an output": {
			"Resources: { A: { Type: T } }\nOutputs: { O: { Value: x, Condition: C } }",
			"Outputs.O.Condition: there is no condition C",
		},
		"unknown function":     {`{"Resources": {"A": {"Type": "T", "Properties": {"P": {"Fn::Cidr": []}}}}}`, "Fn::Cidr is no function"},
		"function for rules":   {`{"Resources": {"A": {"Type": "T", "Properties": {"P": {"Fn::Contains": [[], "a"]}}}}}`, "Fn::Contains is no function"},
		"function and more":    {`{"Resources": {"A": {"Type": "T", "Properties": {"P": {"Fn::Sub": "", "Q": 1}}}}}`, "Fn::Sub must stand alone"},
		"reference to a list":  {"Resources: { A: { Type: T, Properties: { P: !Ref [A] } } }", "Ref must have a name"},
		"too few arguments":    {"Resources: { A: { Type: T, Properties: { P: !If [C, 1] } } }", "Fn::If must have a list of 3"},
		"too many arguments":   {"Conditions: { C: !Not [!Equals [1, 1], 2] }\nResources: { A: { Type: T } }", "Fn::Not must have a list of 1"},
		"no arguments":         {"Conditions: { C: !And [!Equals [1, 1]] }\nResources: { A: { Type: T } }", "Fn::And must have a list of 2 to 10"},
		"argument of a kind":   {"Resources: { A: { Type: T, Properties: { P: !GetAtt [A, !Ref A] } } }", "must be text"},
		"substitute of a kind": {"Resources: { A: { Type: T, Properties: { P: !Sub [x] } } }", "Fn::Sub must have"},
		"unused substitute":    {`Resources: { A: { Type: T, Properties: { P: !Sub ["x", { B: 1 }] } } }`, "does not use B"},
		"kind of parameter":    {"Parameters: { P: { Type: Text } }\nResources: { A: { Type: T } }", `Parameters.P.Type: "Text"`},
		"pattern":              {`Parameters: { P: { Type: String, AllowedPattern: "(" } }` + "\nResources: { A: { Type: T } }", "Parameters.P.AllowedPattern"},
		"member of parameter":  {"Parameters: { P: { Type: String, Least: 1 } }\nResources: { A: { Type: T } }", "Parameters.P.Least: is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.source))
			says(t, err, test.want)
		})
	}
}

// TestEveryProblemIsNamed: one look tells all, each with its place.
func TestEveryProblemIsNamed(t *testing.T) {
	_, err := Parse([]byte(`
Resources:
  A: { Type: T, Properties: { P: !Ref B, Q: !Ref C } }
  D: { Type: T, DependsOn: E }
`))
	for _, want := range []string{"Properties.P: ", "Properties.Q: ", "D.DependsOn: "} {
		says(t, err, want)
	}
}

// TestStatementsHaveConditions: what IAM calls a condition is no reference to one.
func TestStatementsHaveConditions(t *testing.T) {
	parsed(t, `Resources: { A: { Type: T, Properties: { P: [{ Condition: { StringEquals: { a: b } } }] } } }`)
}

func TestWay(t *testing.T) {
	read := parsed(t, `
Conditions: { Never: !Equals [1, 2] }
Resources:
  A: { Type: T, Properties: { P: !Sub "${B.Arn}", Q: !If [Never, !Ref E, x] } }
  B: { Type: T, DependsOn: C }
  C: { Type: T }
  D: { Type: T, Properties: { P: !Ref D } }
  E: { Type: T }
`)
	for _, test := range []struct {
		from, to string
		want     []string
	}{
		{"A", "C", []string{"B", "C"}},
		{"A", "E", []string{"E"}},
		{"C", "A", nil},
		{"D", "D", []string{"D"}},
	} {
		if diff := cmp.Diff(test.want, read.Way(test.from, test.to)); diff != "" {
			t.Errorf("from %s to %s (-want +got):\n%s", test.from, test.to, diff)
		}
	}
}

// TestGlobals: mappings are merged, lists put together, of single values the function's own counts.
func TestGlobals(t *testing.T) {
	read := parsed(t, `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 3
    Layers: [a]
    Environment: { Variables: { A: common, B: common } }
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 60
      Layers: [b]
      Environment: { Variables: { B: own } }
  G: { Type: AWS::Serverless::Function }
  Q: { Type: AWS::SQS::Queue }
`)
	want := map[string]any{
		"Timeout": json.Number("60"), "Layers": []any{"a", "b"},
		"Environment": map[string]any{"Variables": map[string]any{"A": "common", "B": "own"}},
	}
	if diff := cmp.Diff(want, read.Properties("F")); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if read.Properties("G")["Timeout"] != json.Number("3") || read.Properties("Q") != nil {
		t.Errorf("got %v and %v", read.Properties("G"), read.Properties("Q"))
	}
}
