package iam_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

// says fails unless an error is there and says what is wanted.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

type m = map[string]any

func policy(t *testing.T, statements ...any) []iam.Statement {
	t.Helper()
	parsed, err := iam.Parse("Policy", m{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestParse(t *testing.T) {
	got := policy(t,
		m{"Sid": "One", "Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*", "Condition": m{
			"StringEquals": m{"b": "1"}, "ArnLike": m{"a": []any{"x", "y"}},
		}},
		m{"Effect": "Allow", "Action": []any{"a:B", "a:C"}, "Resource": []any{"d", "e"}},
		m{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": m{"Service": "lambda.amazonaws.com"}},
	)
	want := []iam.Statement{
		{
			Sid: "One", Actions: []string{"ecs:ListTasks"}, Resources: []string{"*"}, Conditions: []iam.Condition{
				{Operator: "ArnLike", Key: "a", Values: []string{"x", "y"}},
				{Operator: "StringEquals", Key: "b", Values: []string{"1"}},
			},
		},
		{Actions: []string{"a:B", "a:C"}, Resources: []string{"d", "e"}},
		{Actions: []string{"sts:AssumeRole"}, Services: []string{"lambda.amazonaws.com"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestParseRefuses what it could only misread: it would allow more, or less, than AWS does.
func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		statement any
		want      string
	}{
		"denial":            {m{"Effect": "Deny", "Action": "a:B", "Resource": "*"}, `Policy.Statement.0: the effect "Deny" is not imitated`},
		"no effect":         {m{"Action": "a:B", "Resource": "*"}, `the effect "" is not imitated`},
		"all but an action": {m{"Effect": "Allow", "NotAction": "a:B", "Resource": "*"}, "Policy.Statement.0.NotAction: is not known"},
		"all but a thing":   {m{"Effect": "Allow", "Action": "a:B", "NotResource": "c"}, "Policy.Statement.0.NotResource: is not known"},
		"other operator":    {m{"Effect": "Allow", "Action": "a:B", "Condition": m{"Bool": m{"a": "true"}}}, "the condition operator Bool is not imitated"},
		"everybody":         {m{"Effect": "Allow", "Action": "a:B", "Principal": "*"}, "Policy.Statement.0.Principal"},
		"a user":            {m{"Effect": "Allow", "Action": "a:B", "Principal": m{"AWS": "x"}}, "Policy.Statement.0.Principal.AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := iam.Parse("Policy", m{"Statement": []any{test.statement}})
			says(t, err, test.want)
		})
	}
}

// TestPatternsMatch [IAM-02].
func TestPatternsMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "arn:aws:ecs:x/y", true},
		{"a", "a", true},
		{"a", "A", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a?", "a", false},
		{"arn:*:task/shop/*", "arn:aws:ecs:r:1:task/shop/0a", true},
		{"arn:*:task/shop/*", "arn:aws:ecs:r:1:task/shopping/0a", false},
		{"*a*b*", "xxaxxbxx", true},
		{"*a*b", "abab", true},
		{"*ab", "aab", true},
		{"a*b*c", "abcbd", false},
		{"a.c", "abc", false},
	} {
		if got := iam.Match(test.pattern, test.text); got != test.want {
			t.Errorf("%q matches %q: %t", test.pattern, test.text, got)
		}
	}
}

// TestPatternsAreThoseOfARegularExpression: matching is that of the expression that the pattern stands for.
func TestPatternsAreThoseOfARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*?/]{0,8}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab/]{0,10}`).Draw(t, "text")
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`^` + expression + `$`).MatchString(text)
		if got := iam.Match(pattern, text); got != want {
			t.Errorf("%q matches %q: %t", pattern, text, got)
		}
	})
}

// TestTrust [IAM-10] [IAM-11]: only the service named may take a role, and only for what the conditions say.
func TestTrust(t *testing.T) {
	const group = "arn:aws:scheduler:eu-west-3:000000000000:schedule-group/web"
	lambda := m{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": m{"Service": "lambda.amazonaws.com"}}
	bound := m{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": m{"Service": []any{"scheduler.amazonaws.com"}},
		"Condition": m{"StringEquals": m{"aws:SourceArn": group, "aws:SourceAccount": iam.Account}},
	}
	for name, test := range map[string]struct {
		statement       m
		service, source string
		want            bool
	}{
		"its service":     {lambda, "lambda.amazonaws.com", "", true},
		"another service": {lambda, "scheduler.amazonaws.com", "", false},
		"its group":       {bound, "scheduler.amazonaws.com", group, true},
		"another group":   {bound, "scheduler.amazonaws.com", group + "2", false},
		"no group":        {bound, "scheduler.amazonaws.com", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := iam.Trusts(policy(t, test.statement), test.service, test.source, iam.Account); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
