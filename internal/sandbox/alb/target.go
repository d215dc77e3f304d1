package alb

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// target is one address of an IP group.
type target struct {
	id, addr string
	health   health
	leaves   time.Time // when a draining target is gone
	// stop ends what goes on for the target, its checks or its draining; nil if nothing does.
	stop context.CancelFunc
}

func (t *target) dismiss() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

func (t *target) draining() bool { return t.health.State == types.TargetHealthStateEnumDraining }

// Register adds a target, or brings a draining one back. The id is what AWS's callers see, an IP address; addr is where
// the target really listens. Registering what is registered changes nothing.
func (lb *LoadBalancer) Register(targetGroupARN, id, addr string) error {
	lb.mu.Lock()
	defer lb.unlock()
	g, err := lb.group(targetGroupARN)
	if err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(addr); err != nil || id == "" || g.Kind != IP {
		message := fmt.Sprintf("The target '%s' at '%s' is not valid for the group '%s'", id, addr, g.Name)
		return &types.InvalidTargetException{Message: aws.String(message)}
	}
	t := g.target(id)
	if t != nil && !t.draining() {
		return nil
	}
	g.forget(t)
	t = &target{id: id, addr: addr}
	g.targets = append(g.targets, t)
	lb.settle(g, t)
	return nil
}

// Deregister lets a target drain and then go. What it is answering goes on for as long as it takes: whether AWS cuts it
// off at the end of the delay is not documented (U). [ALB-22]
func (lb *LoadBalancer) Deregister(targetGroupARN, id string) {
	lb.mu.Lock()
	defer lb.unlock()
	g, t := lb.find(targetGroupARN, id)
	if t == nil || t.draining() {
		return
	}
	t.dismiss()
	lb.enter(g, t, draining)
	t.leaves = lb.now().Add(g.DeregistrationDelay)
	if g.DeregistrationDelay == 0 {
		lb.remove(g, t)
		return
	}
	lb.employ(g, t)
}

// Drained says whether a target is gone, or has never been there.
func (lb *LoadBalancer) Drained(targetGroupARN, id string) bool {
	lb.mu.Lock()
	defer lb.unlock()
	_, t := lb.find(targetGroupARN, id)
	return t == nil
}

// State is the state of a target as DescribeTargetHealth says it, and "" for one that is not registered.
func (lb *LoadBalancer) State(targetGroupARN, id string) string {
	lb.mu.Lock()
	defer lb.unlock()
	_, t := lb.find(targetGroupARN, id)
	if t == nil {
		return ""
	}
	return string(t.health.State)
}

// InFlight is how many requests a target is answering, WebSockets included; of a Lambda group the id is the function's
// ARN.
func (lb *LoadBalancer) InFlight(targetGroupARN, id string) int {
	lb.mu.Lock()
	defer lb.unlock()
	g, err := lb.group(targetGroupARN)
	if err != nil {
		return 0
	}
	return g.inFlight[id]
}

func (lb *LoadBalancer) find(targetGroupARN, id string) (*group, *target) {
	g, err := lb.group(targetGroupARN)
	if err != nil {
		return nil, nil
	}
	return g, g.target(id)
}

func (g *group) target(id string) *target {
	for _, t := range g.targets {
		if t.id == id {
			return t
		}
	}
	return nil
}

func (g *group) forget(t *target) {
	if t == nil {
		return
	}
	t.dismiss()
	g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
}

func (lb *LoadBalancer) remove(g *group, t *target) {
	g.forget(t)
	lb.enter(g, t, notRegistered)
}

// enter gives a target its new state.
func (lb *LoadBalancer) enter(g *group, t *target, h health) {
	if t.health.State != h.State || t.health.Reason != h.Reason {
		lb.changes = append(lb.changes, change{group: g.arn, id: t.id, health: h})
	}
	t.health = h
}

func (lb *LoadBalancer) settleAll() {
	for _, g := range lb.groups {
		for _, t := range g.targets {
			lb.settle(g, t)
		}
	}
}

// settle brings a target in line with whether its group is in use. [ALB-18]
func (lb *LoadBalancer) settle(g *group, t *target) {
	idle := t.health.State == "" || t.health.State == types.TargetHealthStateEnumUnused
	switch used := lb.used(g); {
	case t.draining():
	case !used:
		t.dismiss()
		lb.enter(g, t, notInUse)
	case idle:
		lb.enter(g, t, registering)
	}
	g.present = g.present || g.registered()
	lb.employ(g, t)
}

// registered says whether the group has a target that counts for the metrics: in use, and not draining.
func (g *group) registered() bool {
	return slices.ContainsFunc(g.targets, func(t *target) bool {
		return !t.draining() && t.health.State != types.TargetHealthStateEnumUnused
	})
}

// employ starts what time does to a target, if Run runs and it has not been started.
func (lb *LoadBalancer) employ(g *group, t *target) {
	if lb.running == nil || t.stop != nil || t.health.State == types.TargetHealthStateEnumUnused {
		return
	}
	duty := lb.check
	if t.draining() {
		duty = lb.drain
	}
	ctx, stop := context.WithCancel(lb.running)
	t.stop = stop
	lb.work.Go(func() { duty(ctx, g, t) })
}

func (lb *LoadBalancer) drain(ctx context.Context, g *group, t *target) {
	if lb.options.Clock.WaitUntil(ctx, t.leaves) != nil {
		return
	}
	lb.mu.Lock()
	defer lb.unlock()
	if ctx.Err() == nil { // or it was registered again meanwhile
		lb.remove(g, t)
	}
}
