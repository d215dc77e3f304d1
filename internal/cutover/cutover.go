// Package cutover moves a service's traffic between EC2 and ECS by one switch of the EC2 rule: a listener rule in front
// of the waker rule that forwards to the target group with the EC2 instances.
//
// It knows where the traffic is and decides whether it may move (Decide); it switches the rule and looks at the
// instances' health. Waking ECS before, and looking again after, is package operator's business. The functions know
// nothing of all this: while EC2 has the traffic, the ECS side sees no request and falls asleep.
package cutover

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/paths"
	"github.com/catnap-dev/catnap/internal/settings"
)

type elbAPI interface {
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
	ModifyRule(context.Context, *elb.ModifyRuleInput, ...func(*elb.Options)) (*elb.ModifyRuleOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
}

var _ elbAPI = (*elb.Client)(nil)

// Side is where traffic can be.
type Side string

// The sides.
const (
	ECS Side = "ecs"
	EC2 Side = "ec2"
)

// Other is the side that is not this one.
func (s Side) Other() Side {
	if s == ECS {
		return EC2
	}
	return ECS
}

// Name is how people write it.
func (s Side) Name() string { return strings.ToUpper(string(s)) }

// State is where the traffic is, and what stands ready at EC2.
type State struct {
	Side    Side
	Since   time.Time // when the rule was switched; zero when it carries no mark
	Targets []Target  // of the EC2 target group
}

// Target is one target's health, in the load balancer's words.
type Target struct {
	ID, State, Description string
}

// Healthy counts the healthy targets at EC2.
func (s State) Healthy() int {
	n := 0
	for _, t := range s.Targets {
		if t.State == string(types.TargetHealthStateEnumHealthy) {
			n++
		}
	}
	return n
}

// Switch reads and switches the EC2 rules of services.
type Switch struct {
	elb elbAPI
	now func() time.Time
}

// New returns a switch. now gives the times that it writes into marks.
func New(client elbAPI, now func() time.Time) *Switch { return &Switch{elb: client, now: now} }

// NoSideError says that a service has no EC2 side.
type NoSideError struct{ Service string }

func (e *NoSideError) Error() string {
	return fmt.Sprintf("settings of service %s: ec2_rule and ec2_target_group are not set: it has no EC2 side to move "+
		"traffic to or from", e.Service)
}

// Look says where the traffic is. The error is a *NoSideError for a service without an EC2 side.
func (s *Switch) Look(ctx context.Context, svc settings.Service) (State, error) {
	if svc.EC2Rule == "" {
		return State{}, &NoSideError{svc.Name}
	}
	rule, err := paths.Describe(ctx, s.elb, svc.EC2Rule)
	if err != nil {
		return State{}, err
	}
	patterns, _ := paths.Split(rule.Conditions)
	state := parse(patterns)
	state.Targets, err = s.targets(ctx, svc)
	return state, err
}

func (s *Switch) targets(ctx context.Context, svc settings.Service) ([]Target, error) {
	out, err := s.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &svc.EC2TargetGroup})
	if err != nil {
		return nil, fmt.Errorf("describe target health of %s at EC2: %w", svc.Name, err)
	}
	var list []Target
	for _, d := range out.TargetHealthDescriptions {
		var t Target
		if d.Target != nil {
			t.ID = aws.ToString(d.Target.Id)
		}
		if d.TargetHealth != nil {
			t.State, t.Description = string(d.TargetHealth.State), aws.ToString(d.TargetHealth.Description)
		}
		list = append(list, t)
	}
	return list, nil
}

// To moves the traffic. The rule's other conditions, a host name for instance, are kept; its patterns are the service's
// own and the mark, or the mark alone, which nobody asks for.
func (s *Switch) To(ctx context.Context, svc settings.Service, to Side) error {
	rule, err := paths.Describe(ctx, s.elb, svc.EC2Rule)
	if err != nil {
		return err
	}
	_, others := paths.Split(rule.Conditions)
	patterns := []string{Mark(s.now())}
	if to == EC2 {
		patterns = append(slices.Clone(svc.Patterns), patterns...)
	}
	_, err = s.elb.ModifyRule(ctx, &elb.ModifyRuleInput{
		RuleArn: &svc.EC2Rule, Conditions: paths.Join(patterns, others),
	})
	if err != nil {
		return fmt.Errorf("modify EC2 rule of %s: %w", svc.Name, err)
	}
	return nil
}

// The mark stands in the rule itself, as that of the waker rule does, and for the same reason: switch and time change
// in one atomic ModifyRule. Of the patterns it is the one that nobody asks for.
var markPattern = regexp.MustCompile(`^/\.catnap/ec2/since/(\d{1,12})$`)

// Mark is the pattern that a switch at now leaves in the rule.
func Mark(now time.Time) string { return fmt.Sprintf("/.catnap/ec2/since/%d", max(now.Unix(), 0)) }

// parse takes a rule without any path pattern for one that matches everything, as the load balancer does.
func parse(patterns []string) State {
	state := State{Side: ECS}
	if len(patterns) == 0 {
		state.Side = EC2
	}
	for _, pattern := range patterns {
		if groups := markPattern.FindStringSubmatch(pattern); groups != nil {
			state.Since = moment(groups[1])
		} else {
			state.Side = EC2
		}
	}
	return state
}

func moment(digits string) time.Time {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
