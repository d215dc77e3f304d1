package alb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// registration is how long a target is Elb.RegistrationInProgress before its first check. AWS's own takes a few seconds
// at the most; it is not documented.
const registration = 500 * time.Millisecond

// health is a target's state and what led to it.
type health struct {
	State       types.TargetHealthStateEnum
	Reason      types.TargetHealthReasonEnum
	Description string
	passes      int // in a row
	failures    int // in a row
}

// The states that no check leads to. [ALB-17] The descriptions are those of AWS's answers.
var (
	registering = health{
		State: types.TargetHealthStateEnumInitial, Reason: types.TargetHealthReasonEnumRegistrationInProgress,
		Description: "Target registration is in progress",
	}
	checking = health{
		State: types.TargetHealthStateEnumInitial, Reason: types.TargetHealthReasonEnumInitialHealthChecking,
		Description: "Initial health checks in progress",
	}
	draining = health{
		State: types.TargetHealthStateEnumDraining, Reason: types.TargetHealthReasonEnumDeregistrationInProgress,
		Description: "Target deregistration is in progress",
	}
	notInUse = health{
		State: types.TargetHealthStateEnumUnused, Reason: types.TargetHealthReasonEnumNotInUse,
		Description: "Target group is not configured to receive traffic from the load balancer",
	}
	notRegistered = health{
		State: types.TargetHealthStateEnumUnused, Reason: types.TargetHealthReasonEnumNotRegistered,
		Description: "Target is not registered to the target group",
	}
	uncheckedFunction = health{
		State: types.TargetHealthStateEnumUnavailable, Reason: types.TargetHealthReasonEnumHealthCheckDisabled,
		Description: "Health checks are not enabled for this target",
	}
)

// outcome is what came of one check; the zero outcome has passed.
type outcome struct {
	reason      types.TargetHealthReasonEnum
	description string
}

func (o outcome) passed() bool { return o.reason == "" }

// after is the health after one more check. [ALB-19] A new target needs one passing check, whatever the threshold; from
// then on both thresholds hold. That a new target turns unhealthy by the same threshold is an inference.
func (h health) after(o outcome, c HealthCheck) health {
	if o.passed() {
		h.passes, h.failures = h.passes+1, 0
	} else {
		h.passes, h.failures = 0, h.failures+1
	}
	initial := h.State == types.TargetHealthStateEnumInitial
	unhealthy := h.State == types.TargetHealthStateEnumUnhealthy
	switch {
	case o.passed() && (initial || h.passes >= c.Healthy):
		h.State, h.Reason, h.Description = types.TargetHealthStateEnumHealthy, "", ""
	case !o.passed() && (unhealthy || h.failures >= c.Unhealthy):
		h.State, h.Reason, h.Description = types.TargetHealthStateEnumUnhealthy, o.reason, o.description
	}
	return h
}

// check checks a target's health until ctx ends. [ALB-20] The time an answer takes does not shift the next check.
func (lb *LoadBalancer) check(ctx context.Context, g *group, t *target) {
	if !lb.admit(ctx, g, t) {
		return
	}
	for {
		next := lb.now().Add(g.HealthCheck.Interval)
		result := lb.probe(ctx, g, t.addr)
		lb.judge(ctx, g, t, result)
		if lb.options.Clock.WaitUntil(ctx, next) != nil {
			return
		}
	}
}

// admit ends a new target's registration. It returns false if ctx ended first.
func (lb *LoadBalancer) admit(ctx context.Context, g *group, t *target) bool {
	if lb.options.Clock.Wait(ctx, registration) != nil {
		return false
	}
	lb.mu.Lock()
	defer lb.unlock()
	if ctx.Err() == nil && t.health.Reason == registering.Reason {
		lb.enter(g, t, checking)
	}
	return true
}

// judge applies the outcome of a check, unless the target has been dismissed meanwhile.
func (lb *LoadBalancer) judge(ctx context.Context, g *group, t *target, o outcome) {
	lb.mu.Lock()
	defer lb.unlock()
	if ctx.Err() == nil {
		lb.enter(g, t, t.health.after(o, g.HealthCheck))
	}
}

// probe makes one check. [ALB-21] It is a request of the load balancer's own on a connection of its own, follows no
// redirect and counts in no metric.
func (lb *LoadBalancer) probe(ctx context.Context, g *group, addr string) outcome {
	ctx, cancel := lb.options.Clock.WithTimeout(ctx, g.HealthCheck.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+g.HealthCheck.Path, nil)
	if err != nil {
		return failed(err)
	}
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	response, err := lb.checks.RoundTrip(request)
	if err != nil {
		return failed(err)
	}
	defer response.Body.Close()
	if !g.accepts(response.StatusCode) {
		description := fmt.Sprintf("Health checks failed with these codes: [%d]", response.StatusCode)
		return outcome{types.TargetHealthReasonEnumResponseCodeMismatch, description}
	}
	return outcome{}
}

func failed(err error) outcome {
	if errors.Is(err, context.DeadlineExceeded) {
		return outcome{types.TargetHealthReasonEnumTimeout, "Request timed out"}
	}
	return outcome{types.TargetHealthReasonEnumFailedHealthChecks, "Health checks failed"}
}
