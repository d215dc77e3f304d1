package paths_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/internal/paths"
)

// rules are what DescribeRules answers.
type rules struct {
	list []types.Rule
	err  error
}

func (r rules) DescribeRules(
	context.Context, *elb.DescribeRulesInput, ...func(*elb.Options),
) (*elb.DescribeRulesOutput, error) {
	return &elb.DescribeRulesOutput{Rules: r.list}, r.err
}

func TestDescribe(t *testing.T) {
	failed := errors.New("AccessDenied")
	if got, err := paths.Describe(t.Context(), rules{list: []types.Rule{{RuleArn: aws.String("a")}}}, "a"); err != nil ||
		*got.RuleArn != "a" {
		t.Errorf("got %v, error %v", got, err)
	}
	if _, err := paths.Describe(t.Context(), rules{err: failed}, "a"); !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	if _, err := paths.Describe(t.Context(), rules{}, "a"); err == nil || !strings.Contains(err.Error(), "got 0 rules") {
		t.Errorf("error %v", err)
	}
}

// TestSplitAndJoin: the others are kept, in the one form that ModifyRule takes.
func TestSplitAndJoin(t *testing.T) {
	host := types.RuleCondition{
		Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"a.example"}},
	}
	shown := host
	shown.Values = []string{"a.example"}
	path := types.RuleCondition{
		Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/a", "/b"}},
	}
	old := types.RuleCondition{Field: aws.String("path-pattern"), Values: []string{"/a", "/b"}}
	for _, conditions := range [][]types.RuleCondition{{shown, path}, {path, shown}, {shown, old}} {
		patterns, others := paths.Split(conditions)
		if diff := cmp.Diff([]string{"/a", "/b"}, patterns); diff != "" {
			t.Errorf("patterns (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]types.RuleCondition{host, path}, paths.Join(patterns, others), cmpopts.IgnoreUnexported(
			types.RuleCondition{}, types.HostHeaderConditionConfig{}, types.PathPatternConditionConfig{},
		)); diff != "" {
			t.Errorf("conditions (-want +got):\n%s", diff)
		}
	}
}
