package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFunctions: what each function makes of its argument.
func TestFunctions(t *testing.T) {
	const head = `
Parameters:
  Name: { Type: String, Default: web }
  Names: { Type: CommaDelimitedList, Default: "a, b" }
  Count: { Type: Number, Default: 2 }
  Version: { Type: AWS::SSM::Parameter::Value<String>, Default: /version }
Mappings:
  Sizes: { eu-west-3: { small: 256, zones: [a, b] } }
Conditions:
  IsWeb: !Equals [!Ref Name, web]
  IsTwo: !Equals [!Ref Count, 2]
  IsOther: !Not [!Condition IsWeb]
Resources:
  Queue: { Type: T }
  A:
    Type: T
    Properties:
      P: `
	for _, test := range []struct {
		source string
		want   any
	}{
		{`text`, "text"},
		{`!Ref Name`, "web"},
		{`!Ref Names`, []any{"a", "b"}},
		{`!Ref Count`, "2"},
		{`!Ref Version`, "7"},
		{`!Ref Queue`, "id-of-Queue"},
		{`!Ref AWS::AccountId`, "123456789012"},
		{`!Ref AWS::Region`, "eu-west-3"},
		{`!Ref AWS::Partition`, "aws"},
		{`!Ref AWS::URLSuffix`, "amazonaws.com"},
		{`!Ref AWS::StackName`, "web"},
		{`!Ref AWS::StackId`, "arn:aws:cloudformation:eu-west-3:123456789012:stack/web/c71b3d40"},
		{`!Ref AWS::NotificationARNs`, []any{}},
		{`!GetAtt Queue.Arn`, "arn:Queue"},
		{`!GetAtt Queue.Nested.Name`, "nested"},
		{`!Sub "${Name} ${Queue}"`, "web id-of-Queue"},
		{`!Sub "${Queue.Arn}/${!Name}"`, "arn:Queue/${Name}"},
		{`!Sub ["${Name}${B}", { B: 1 }]`, "web1"},
		{`!Sub ["${Name}", { Name: own }]`, "own"},
		{`!Sub ["${B}", { B: !Sub "${Name}s" }]`, "webs"},
		{`!If [IsWeb, yes it is, !Ref Queue]`, "yes it is"},
		{`!If [IsOther, 1, !If [IsTwo, two, other]]`, "two"},
		{`!Join ["-", [a, 1, !Ref Name]]`, "a-1-web"},
		{`!Join [",", !Ref Names]`, "a,b"},
		{`!Join ["", [a, !Ref AWS::NoValue, b]]`, "ab"},
		{`!Split ["/", a/b/]`, []any{"a", "b", ""}},
		{`!Select ["1", !Split [",", "a,b"]]`, "b"},
		{`!Select [0, !GetAtt Queue.Zones]`, "a"},
		{`!Select [2, !GetAZs ""]`, "eu-west-3c"},
		{`!Select [0, !GetAZs us-east-1]`, "us-east-1a"},
		{`!ImportValue other:Vpc`, "vpc-1"},
		{`!Base64 hello`, "aGVsbG8="},
		{`!FindInMap [Sizes, !Ref AWS::Region, zones]`, []any{"a", "b"}},
		{`[a, !Ref AWS::NoValue, b]`, []any{"a", "b"}},
		{`{ a: !Ref "AWS::NoValue", b: c }`, map[string]any{"b": "c"}},
		{`!If [IsOther, x, !Ref AWS::NoValue]`, nil}, // the property itself is left out
		{`[!If [IsOther, x, !Ref AWS::NoValue]]`, []any{}},
		{`{ Condition: { StringEquals: { a: !Ref Name } } }`, map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"a": "web"}}}},
	} {
		t.Run(test.source, func(t *testing.T) {
			s := stackOf(t, parsed(t, head+test.source+"\n"), &maker{})
			got, err := s.Resource("A")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Properties["P"]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestFunctionsThatFail name the place.
func TestFunctionsThatFail(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`!GetAtt Queue.ARN`, "Resources.A.Properties.P.Fn::GetAtt: Queue, a T, has no known attribute ARN"},
		{`!Sub "${Queue.ARN}"`, "Resources.A.Properties.P.Fn::Sub: Queue, a T, has no"},
		{`!Sub "${Queue.Zones}"`, "must be text"},
		{`!Join [",", text]`, "Resources.A.Properties.P.Fn::Join: text must be a list"},
		{`!Join [",", [[a]]]`, "must be text"},
		{`!Split [",", [a]]`, "must be text"},
		{`!Select [2, [a, b]]`, "there is no element 2"},
		{`!Select [one, [a, b]]`, "there is no element one"},
		{`!Select [-1, [a, b]]`, "there is no element -1"},
		{`!Select [0, text]`, "there is no element 0"},
		{`!FindInMap [Sizes, a, b]`, "the mappings have no [Sizes a b]"},
		{`!ImportValue unknown`, "no stack exports unknown"},
		{`!GetAZs [a]`, "must be text"},
		{`!Equals [a, a]`, "is for conditions and rules only"},
		{`!If [Circle, a, b]`, "Conditions.Circle needs itself: Conditions.Circle needs Conditions.Round needs Conditions.Circle"},
		{`[a, { b: !If [IsNothing, a, b] }]`, "Conditions.IsNothing.Fn::Equals: there is nothing to compare"},
		{`[a, { b: !If [Undecided, a, b] }]`, "decides nothing"},
		{`!Ref Absent`, "Resources.Absent: is not made, its condition does not hold"},
		{`!Ref Refused`, "Resources.A.Properties.P.Ref: Resources.Refused: refused"},
		{`!Ref A`, "Resources.A needs itself: Resources.A needs Resources.A"},
		{`!Ref Round`, "Resources.A needs itself: Resources.A needs Resources.Round needs Resources.A"},
		{`!If [Never, text, !GetAtt Waits.Arn ]`, "Resources.A needs itself: Resources.A needs Resources.Waits needs Resources.A"},
	} {
		t.Run(test.source, func(t *testing.T) {
			s := stackOf(t, parsed(t, `
Conditions:
  Never: !Equals [1, 2]
  Circle: !Not [!Condition Round]
  Round: !Or [!Condition Circle, !Condition Never]
  IsNothing: !Equals [!Ref AWS::NoValue, 1]
  Undecided: text
Resources:
  Queue: { Type: T }
  Absent: { Type: T, Condition: Never }
  Refused: { Type: T }
  Round: { Type: T, Properties: { P: !Ref A } }
  Waits: { Type: T, DependsOn: A }
  A: { Type: T, Properties: { P: `+test.source+" } }\n"), &maker{fail: "Refused"})
			_, err := s.Resource("A")
			says(t, err, test.want)
			if _, again := s.Resource("A"); again == nil {
				t.Error("asked again, it is made")
			}
		})
	}
}
