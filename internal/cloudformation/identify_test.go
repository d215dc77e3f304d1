package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIdentify(t *testing.T) {
	for name, test := range map[string]struct {
		resource Resource
		want     Physical
	}{
		"named": {
			Resource{"Waker", "AWS::Lambda::Function", map[string]any{"FunctionName": "catnap-web-waker"}},
			Physical{"catnap-web-waker", map[string]any{
				"Arn": "arn:aws:lambda:eu-west-3:123456789012:function:catnap-web-waker",
			}},
		},
		"unnamed": {
			Resource{"Role", "AWS::IAM::Role", map[string]any{}},
			Physical{"web-Role-46C60CFC46DA", map[string]any{"Arn": "arn:aws:iam::123456789012:role/web-Role-46C60CFC46DA"}},
		},
		"the log group's streams": {
			Resource{"Logs", "AWS::Logs::LogGroup", map[string]any{"LogGroupName": "/a"}},
			Physical{"/a", map[string]any{"Arn": "arn:aws:logs:eu-west-3:123456789012:log-group:/a:*"}},
		},
		"referred to by its address": {
			Resource{"Queue", "AWS::SQS::Queue", map[string]any{"QueueName": "q"}},
			Physical{"https://sqs.eu-west-3.amazonaws.com/123456789012/q", map[string]any{
				"Arn": "arn:aws:sqs:eu-west-3:123456789012:q", "QueueName": "q",
				"QueueUrl": "https://sqs.eu-west-3.amazonaws.com/123456789012/q",
			}},
		},
		"of a kind that is not known": {
			Resource{"Thing", "AWS::Some::Thing", nil}, Physical{ID: "web-Thing-0BE66344BC89"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Identify(here, test.resource)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
