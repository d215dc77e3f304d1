package alb

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// heartbeatLag is how long after a minute's end its host counts are reported. CloudWatch's own lag comes on top.
const heartbeatLag = 3 * time.Second

// record reports one sample, for a target group or, if that is empty, for the whole load balancer.
func (lb *LoadBalancer) record(metric string, at time.Time, value float64, targetGroupARN string) {
	if lb.options.Record == nil {
		return
	}
	dimensions := map[string]string{"LoadBalancer": lb.arns.app}
	if targetGroupARN != "" {
		dimensions["TargetGroup"] = dimension(targetGroupARN)
	}
	lb.options.Record(metric, dimensions, at, value)
}

// recordBoth counts one for the load balancer and one for the group. [ALB-43] RequestCount counts a request when it
// came, once a target has been chosen.
func (lb *LoadBalancer) recordBoth(metric string, g *group, at time.Time) {
	lb.record(metric, at, 1, "")
	lb.record(metric, at, 1, g.arn)
}

// recordTarget counts a target's own answer. [ALB-41]
func (lb *LoadBalancer) recordTarget(status int, g *group) {
	if status >= http.StatusInternalServerError {
		lb.recordBoth("HTTPCode_Target_5XX_Count", g, lb.now())
	}
}

// heartbeat reports the host counts of every minute, shortly after it has ended, until ctx ends. [ALB-45]
func (lb *LoadBalancer) heartbeat(ctx context.Context) {
	minute := lb.now().Truncate(time.Minute)
	for {
		end := minute.Add(time.Minute)
		if lb.options.Clock.WaitUntil(ctx, end) != nil {
			return
		}
		counts := lb.countHosts()
		if lb.options.Clock.WaitUntil(ctx, end.Add(heartbeatLag)) != nil {
			return
		}
		for _, c := range counts {
			lb.record("HealthyHostCount", minute, float64(c.healthy), c.group)
			lb.record("UnHealthyHostCount", minute, float64(c.unhealthy), c.group)
		}
		minute = later(end, lb.now().Truncate(time.Minute)) // minutes that a suspended laptop slept through are not made up
	}
}

type hosts struct {
	group              string
	healthy, unhealthy int
}

// countHosts counts at the end of a minute. A group is in it if it had a registered target at any moment of that
// minute: AWS reports "if there are registered targets", and does not say how a part of a minute counts (I). Draining
// targets are neither healthy nor unhealthy; nor are initial ones.
func (lb *LoadBalancer) countHosts() []hosts {
	lb.mu.Lock()
	defer lb.unlock()
	var counts []hosts
	for _, g := range lb.groups {
		if g.present {
			counts = append(counts, hosts{
				group: g.arn, healthy: g.count(types.TargetHealthStateEnumHealthy),
				unhealthy: g.count(types.TargetHealthStateEnumUnhealthy),
			})
		}
		g.present = g.registered()
	}
	return counts
}

func (g *group) count(state types.TargetHealthStateEnum) int {
	n := 0
	for _, t := range g.targets {
		if t.health.State == state {
			n++
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
