package alb

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Kind is what a target group's targets are.
type Kind string

// The kinds of target group; the zero Kind is IP.
const (
	IP     Kind = "ip"
	Lambda Kind = "lambda"
)

// TargetGroup is a target group to create.
type TargetGroup struct {
	Name        string
	Kind        Kind
	FunctionARN string // Lambda: the only target
	// MultiValueHeaders is the attribute lambda.multi_value_headers.enabled.
	MultiValueHeaders bool
	HealthCheck       HealthCheck
	// DeregistrationDelay is how long a target drains. Zero is AWS's default of 300 s; negative is none at all.
	DeregistrationDelay time.Duration
}

// HealthCheck is how a group's targets are checked. Fields that are zero have AWS's defaults. [ALB-20]
type HealthCheck struct {
	Path      string        // "/"
	Interval  time.Duration // 30 s; 5 to 300 s
	Timeout   time.Duration // 5 s; 2 to 120 s, and less than the interval
	Healthy   int           // 5; 2 to 10
	Unhealthy int           // 2; 2 to 10
	Matcher   string        // "200"; also "200-299" and "200,301", from 200 to 499
}

type group struct {
	TargetGroup
	arn      string
	matcher  []codes
	targets  []*target
	next     int // round robin
	inFlight map[string]int
	// present says that a target has been registered at some moment of the current minute.
	present bool
}

// CreateTargetGroup adds a target group and returns its ARN. It fails as AWS's CreateTargetGroup does.
func (lb *LoadBalancer) CreateTargetGroup(in TargetGroup) (string, error) {
	in = in.withDefaults()
	matcher, err := parseMatcher(in.HealthCheck.Matcher)
	if err != nil {
		return "", err
	}
	if err := in.validate(); err != nil {
		return "", err
	}
	lb.mu.Lock()
	defer lb.unlock()
	if slices.ContainsFunc(lb.groups, func(g *group) bool { return g.Name == in.Name }) {
		message := fmt.Sprintf("A target group with the name '%s' exists", in.Name)
		return "", &types.DuplicateTargetGroupNameException{Message: aws.String(message)}
	}
	g := &group{TargetGroup: in, arn: lb.TargetGroupARN(in.Name), matcher: matcher, inFlight: map[string]int{}}
	lb.groups = append(lb.groups, g)
	return g.arn, nil
}

func (in TargetGroup) withDefaults() TargetGroup {
	in.Kind = cmp.Or(in.Kind, IP)
	in.DeregistrationDelay = max(0, cmp.Or(in.DeregistrationDelay, 300*time.Second))
	in.HealthCheck = HealthCheck{
		Path:      cmp.Or(in.HealthCheck.Path, "/"),
		Interval:  cmp.Or(in.HealthCheck.Interval, 30*time.Second),
		Timeout:   cmp.Or(in.HealthCheck.Timeout, 5*time.Second),
		Healthy:   cmp.Or(in.HealthCheck.Healthy, 5),
		Unhealthy: cmp.Or(in.HealthCheck.Unhealthy, 2),
		Matcher:   cmp.Or(in.HealthCheck.Matcher, "200"),
	}
	return in
}

func (in TargetGroup) validate() error {
	name := in.Name
	switch {
	case name == "" || len(name) > 32 || !onlyOf(name, alphanumeric+"-") || strings.Trim(name, "-") != name:
		return invalid("Target group name '%s' must have 1 to 32 letters, digits and inner hyphens", name)
	case in.Kind != IP && in.Kind != Lambda:
		return invalid("Target type '%s' must be one of '[ip, lambda]'", in.Kind)
	case (in.Kind == Lambda) != (in.FunctionARN != ""):
		return invalid("A function is the target of a lambda group and of no other: '%s'", in.FunctionARN)
	case in.DeregistrationDelay > time.Hour:
		return invalid("Deregistration delay '%s' must be between 0 and 3600 seconds", in.DeregistrationDelay)
	}
	return in.HealthCheck.validate()
}

func (h HealthCheck) validate() error {
	between := func(v, low, high int) bool { return low <= v && v <= high }
	switch {
	case !strings.HasPrefix(h.Path, "/") || len(h.Path) > 1024:
		return invalid("Health check path '%s' must begin with a '/' character", h.Path)
	case h.Interval < 5*time.Second || h.Interval > 300*time.Second:
		return invalid("Health check interval '%s' must be between 5 and 300 seconds", h.Interval)
	case h.Timeout < 2*time.Second || h.Timeout > 120*time.Second || h.Timeout >= h.Interval:
		return invalid("Health check timeout '%s' must be between 2 and 120 seconds, and less than the interval", h.Timeout)
	case !between(h.Healthy, 2, 10) || !between(h.Unhealthy, 2, 10):
		return invalid("Health check thresholds '%d' and '%d' must be between 2 and 10", h.Healthy, h.Unhealthy)
	}
	return nil
}

// codes is a range of HTTP status codes, both ends included.
type codes struct{ low, high int }

func parseMatcher(matcher string) ([]codes, error) {
	var ranges []codes
	for part := range strings.SplitSeq(matcher, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, errFrom := strconv.Atoi(low)
		to, errTo := strconv.Atoi(high)
		if errFrom != nil || errTo != nil || from < 200 || to > 499 || from > to {
			return nil, invalid("Health check matcher HTTP code '%s' must be within '200-499' inclusive", matcher)
		}
		ranges = append(ranges, codes{from, to})
	}
	return ranges, nil
}

func (g *group) accepts(code int) bool {
	return slices.ContainsFunc(g.matcher, func(c codes) bool { return c.low <= code && code <= c.high })
}

func (lb *LoadBalancer) group(arn string) (*group, error) {
	for _, g := range lb.groups {
		if g.arn == arn {
			return g, nil
		}
	}
	message := fmt.Sprintf("Target group '%s' not found", arn)
	return nil, &types.TargetGroupNotFoundException{Message: aws.String(message)}
}

// used says whether a rule or the default action refers to the group.
func (lb *LoadBalancer) used(g *group) bool {
	refers := func(r *rule) bool { return r.wanted.group == g.arn }
	return lb.fallback == g.arn || slices.ContainsFunc(lb.rules, refers)
}
