package alb

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

const (
	nodes       = 2 // AWS runs at least one node in each of at least two zones
	maxRules    = 100
	maxPriority = 50000
)

// Rule is a rule to create. Its only action is to forward to TargetGroup, an ARN.
type Rule struct {
	Priority    int
	Conditions  []types.RuleCondition
	TargetGroup string
}

type definition struct {
	conditions []condition
	group      string
}

// rule is what was last asked for, and what each node follows.
type rule struct {
	arn      string
	priority int
	wanted   definition // DescribeRules shows this one
	followed [nodes][]version
}

// version is a definition and the moment it reaches a node.
type version struct {
	definition
	from time.Time
}

// at is the definition that a node follows: the last one that has reached it. A later change may overtake an earlier
// one, and then replaces it.
func (r *rule) at(node int, now time.Time) definition {
	versions := r.followed[node]
	for i := len(versions) - 1; i > 0; i-- {
		if !versions[i].from.After(now) {
			r.followed[node] = versions[i:]
			return versions[i].definition
		}
	}
	return versions[0].definition
}

// CreateRule adds a rule, for all nodes at once: only ModifyRule spreads. It fails as AWS's CreateRule does.
func (lb *LoadBalancer) CreateRule(in Rule) (string, error) {
	conditions, err := parseConditions(in.Conditions)
	if err != nil {
		return "", err
	}
	lb.mu.Lock()
	defer lb.unlock()
	if err := lb.admits(in); err != nil {
		return "", err
	}
	created := &rule{
		arn: lb.RuleARN(in.Priority), priority: in.Priority,
		wanted: definition{conditions: conditions, group: in.TargetGroup},
	}
	for node := range created.followed {
		created.followed[node] = []version{{definition: created.wanted}}
	}
	lb.rules = append(lb.rules, created)
	slices.SortFunc(lb.rules, func(a, b *rule) int { return cmp.Compare(a.priority, b.priority) })
	lb.settleAll()
	return created.arn, nil
}

func (lb *LoadBalancer) admits(in Rule) error {
	taken := func(r *rule) bool { return r.priority == in.Priority }
	switch {
	case in.Priority < 1 || in.Priority > maxPriority:
		return invalid("Priority '%d' must be between 1 and %d", in.Priority, maxPriority)
	case slices.ContainsFunc(lb.rules, taken):
		message := fmt.Sprintf("Priority '%d' is currently in use", in.Priority)
		return &types.PriorityInUseException{Message: aws.String(message)}
	case len(lb.rules) >= maxRules:
		return &types.TooManyRulesException{Message: aws.String("The maximum number of rules has been reached")}
	}
	_, err := lb.group(in.TargetGroup)
	return err
}

// SetDefault makes the listener's default action forward to a target group, at once. A group that does not exist is no
// default action.
func (lb *LoadBalancer) SetDefault(targetGroupARN string) {
	lb.mu.Lock()
	defer lb.unlock()
	lb.fallback = targetGroupARN
	lb.settleAll()
}

// modify replaces what is given of a rule: all its conditions, or its action. [ALB-09] It is in DescribeRules at once,
// and reaches each node after a delay of its own. [ALB-12]
func (lb *LoadBalancer) modify(r *rule, conditions []condition, group string) {
	if conditions != nil {
		r.wanted.conditions = conditions
	}
	if group != "" {
		r.wanted.group = group
	}
	for node := range r.followed {
		r.at(node, lb.now()) // drops what is outdated: without traffic the list would grow
		r.followed[node] = append(r.followed[node], version{definition: r.wanted, from: lb.now().Add(lb.delay())})
	}
	lb.settleAll()
}

// delay is how long a rule change takes to reach a node. How long that is on AWS is not documented (U).
func (lb *LoadBalancer) delay() time.Duration {
	if lb.options.Spread <= 0 {
		return 0
	}
	return time.Duration(lb.random.Int64N(int64(lb.options.Spread) + 1))
}

// route chooses the target group for a request, on one node after the other. It returns nil if there is no default.
// [ALB-01] The lowest priority number is asked first, the default action last.
func (lb *LoadBalancer) route(r *http.Request, now time.Time) *group {
	lb.mu.Lock()
	defer lb.unlock()
	node := lb.requests % nodes
	lb.requests++
	arn := lb.fallback
	for _, rule := range lb.rules {
		if d := rule.at(node, now); matches(d.conditions, r) {
			arn = d.group
			break
		}
	}
	g, _ := lb.group(arn) // no group, no default action
	return g
}
