package wire_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// TestErrorsByTheCLI has the CLI fail, in each protocol, as it fails at AWS.
func TestErrorsByTheCLI(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, test := range []struct{ key, operation, args, want string }{
		{"ecs", "ListTasks", "--cluster none", "(ClusterNotFoundException) when calling the ListTasks operation: Cluster not found."},
		{"ecs", "ListServices", "", "(UnknownOperationException)"},
		{"ecs", "ListTasks", "--no-sign-request", "(MissingAuthenticationTokenException)"},
		{"ssm", "GetParameter", "--name none", "(ParameterNotFound)"},
		{"elasticloadbalancing", "DescribeRules", "--rule-arns none", "(RuleNotFound) when calling the DescribeRules operation: Rule 'none'"},
		{"elasticloadbalancing", "DescribeTags", "--resource-arns none", "(InvalidAction)"},
		{"elasticloadbalancing", "DescribeRules", "--no-sign-request", "(MissingAuthenticationToken)"},
		{"sns", "GetTopicAttributes", "--topic-arn arn:aws:sns:eu-west-3:000000000000:none", "(NotFound) when calling the GetTopicAttributes operation: Topic does not exist"},
		{"sns", "Publish", "--message a --topic-arn none", "(InvalidParameter) when calling the Publish operation: Invalid parameter: TopicArn"},
		{"sns", "DeleteTopic", "--topic-arn none", "(InvalidAction)"},
		{"lambda", "GetFunctionConfiguration", "--function-name none", "(ResourceNotFoundException) when calling the GetFunctionConfiguration operation: Function not found: arn:aws:lambda:eu-west-3:000000000000:function:none"},
		{"iam", "SimulatePrincipalPolicy", "--policy-source-arn arn:aws:iam::000000000000:role/none --action-names a:B", "(NoSuchEntity) when calling the SimulatePrincipalPolicy operation: The role with name"},
		{"monitoring", "GetMetricStatistics", "--namespace a --metric-name b --period 60 --statistics Sum " +
			"--start-time 2026-01-02T00:00:00Z --end-time 2026-01-01T00:00:00Z", "(InvalidParameterValue)"},
	} {
		_, problem, err := runCLI(t, r.url, test.key, test.operation, strings.Fields(test.args)...)
		if err == nil || !strings.Contains(problem, test.want) {
			t.Errorf("%s %s: %v %s", test.operation, test.args, err, problem)
		}
	}
}

// cli lets the AWS CLI make a call and returns what it prints.
func (r *rig) cli(t *testing.T, c call, in any) []byte {
	t.Helper()
	text, err := wire.PrintJSON(c.key, in)
	if err != nil {
		t.Fatal(err)
	}
	out, problem, err := runCLI(t, r.url, c.key, c.operation, "--cli-input-json", string(text))
	if err != nil {
		t.Fatalf("%v: %s", err, problem)
	}
	if len(out) == 0 {
		return []byte("{}")
	}
	return out
}

// runCLI runs the AWS CLI, of either major version. Today's ask CloudWatch in JSON 1.0; 2.9, which Debian 12 has, sends
// it a form.
func runCLI(t *testing.T, url, key, operation string, args ...string) (out []byte, problem string, err error) {
	t.Helper()
	if testing.Short() {
		t.Skip("the AWS CLI takes half a second to start, for each call")
	}
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("there is no AWS CLI on PATH (Debian: apt-get install awscli)")
	}
	scope, _, _ := strings.Cut(key, " ")
	name := map[string]string{
		"ecs": "ecs", "sns": "sns", "ssm": "ssm", "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch",
		"scheduler": "scheduler", "application-autoscaling": "application-autoscaling",
		"lambda": "lambda", "iam": "iam",
	}[scope]
	args = append([]string{"--endpoint-url", url, "--region", region, "--output", "json", "--cli-read-timeout", "30",
		name, kebab(operation)}, args...)
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env = append(command.Environ(), "AWS_ACCESS_KEY_ID=sandbox", "AWS_SECRET_ACCESS_KEY=sandbox", "AWS_PAGER=",
		"AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=none", "AWS_MAX_ATTEMPTS=3", "AWS_SESSION_TOKEN=")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err = command.Output()
	return out, stderr.String(), err
}

// kebab is how the CLI names operations: DescribeServices is describe-services.
func kebab(operation string) string {
	var name strings.Builder
	for i, letter := range operation {
		if unicode.IsUpper(letter) && i > 0 {
			name.WriteByte('-')
		}
		fmt.Fprintf(&name, "%c", unicode.ToLower(letter))
	}
	return name.String()
}
