package alb

import "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

// choose picks the target for a request, and counts the request as in flight until release. It returns nil if there is
// none to be picked.
func (lb *LoadBalancer) choose(g *group) *target {
	lb.mu.Lock()
	defer lb.unlock()
	able := g.able()
	if len(able) == 0 {
		return nil
	}
	t := able[g.next%len(able)] // [ALB-25] round robin
	g.next++
	g.inFlight[t.id]++
	return t
}

// able are the targets that may get a request: [ALB-25] the healthy ones; [ALB-26] if there are none, every unhealthy
// or initial one as soon as one is unhealthy, for the group fails open; [ALB-24] never a draining or unused one.
//
// [ALB-27] A group that has only initial targets gives none, and a 503. AWS says nothing about it (U): nothing may rely
// on it, neither on the 503 nor on the opposite.
func (g *group) able() []*target {
	var healthy, others []*target
	open := false
	for _, t := range g.targets {
		switch t.health.State {
		case types.TargetHealthStateEnumHealthy:
			healthy = append(healthy, t)
		case types.TargetHealthStateEnumUnhealthy:
			open = true
			others = append(others, t)
		case types.TargetHealthStateEnumInitial:
			others = append(others, t)
		}
	}
	switch {
	case len(healthy) > 0:
		return healthy
	case open:
		return others
	}
	return nil
}

func (lb *LoadBalancer) hold(g *group, id string) {
	lb.mu.Lock()
	defer lb.unlock()
	g.inFlight[id]++
}

func (lb *LoadBalancer) release(g *group, id string) {
	lb.mu.Lock()
	defer lb.unlock()
	if g.inFlight[id]--; g.inFlight[id] == 0 {
		delete(g.inFlight, id)
	}
}
