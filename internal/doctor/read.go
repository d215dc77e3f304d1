package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type observer interface {
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
}

type meter interface {
	Minutes(ctx context.Context, svc settings.Service, from, now time.Time) ([]policy.Minute, error)
}

type ecsAPI interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
}

type elbAPI interface {
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
	DescribeTargetGroups(context.Context, *elb.DescribeTargetGroupsInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupsOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
}

type metricsAPI interface {
	GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error)
}

type scalingAPI interface {
	DescribeScalableTargets(context.Context, *scaling.DescribeScalableTargetsInput, ...func(*scaling.Options)) (*scaling.DescribeScalableTargetsOutput, error)
}

type schedulerAPI interface {
	ListSchedules(context.Context, *scheduler.ListSchedulesInput, ...func(*scheduler.Options)) (*scheduler.ListSchedulesOutput, error)
	GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error)
}

var (
	_ ecsAPI       = (*ecs.Client)(nil)
	_ elbAPI       = (*elb.Client)(nil)
	_ metricsAPI   = (*cloudwatch.Client)(nil)
	_ scalingAPI   = (*scaling.Client)(nil)
	_ schedulerAPI = (*scheduler.Client)(nil)
)

// Examiner reads facts. All of its fields are needed.
type Examiner struct {
	Control   observer
	ECS       ecsAPI
	ELB       elbAPI
	Traffic   meter
	Billing   metricsAPI // of us-east-1, the only Region with billing metrics
	Scaling   scalingAPI
	Scheduler schedulerAPI
	Lambda    lambdaAPI
	IAM       iamAPI
	Now       func() time.Time
}

// Examine reads all facts about a service. What could not be read is told in the facts, so it does not fail.
func (e *Examiner) Examine(ctx context.Context, m settings.Member) Facts {
	f := Facts{Service: m.Service, Prefix: m.Store.Prefix, Now: e.Now(), Unread: make(map[Source]error)}
	var mu sync.Mutex
	var group errgroup.Group
	for source, read := range map[Source]func(context.Context, *Facts) error{
		FromECS: e.readECS, FromGroup: e.readGroup, FromWaker: e.readWaker, FromListener: e.readListener,
		FromScaling: e.readScaling, FromScheduler: e.readSchedule, FromMetrics: e.readMetrics, FromBilling: e.readBilling,
		FromBudget: func(ctx context.Context, f *Facts) error { return readBudget(ctx, m, f) },
	} {
		group.Go(func() error {
			if err := read(ctx, &f); err != nil { // each writes fields of its own
				mu.Lock()
				defer mu.Unlock()
				f.Unread[source] = err
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in the facts
	e.readParts(ctx, &f)
	return f
}

func (e *Examiner) readECS(ctx context.Context, f *Facts) (err error) {
	svc := f.Service
	if f.ECS.Snapshot, err = e.Control.Observe(ctx, svc); err != nil {
		return err
	}
	out, err := e.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster: &svc.Cluster, Services: []string{svc.Service},
	})
	if err != nil {
		return fmt.Errorf("describe service %s: %w", svc.Service, err)
	}
	for _, s := range out.Services {
		for _, lb := range s.LoadBalancers {
			f.ECS.TargetGroups = append(f.ECS.TargetGroups, aws.ToString(lb.TargetGroupArn))
		}
	}
	return nil
}

func (e *Examiner) readGroup(ctx context.Context, f *Facts) (err error) {
	f.Group, err = e.group(ctx, f.Service.TargetGroup)
	return err
}

func (e *Examiner) readWaker(ctx context.Context, f *Facts) (err error) {
	if f.Waker, err = e.group(ctx, f.Service.WakerTargetGroup); err != nil {
		return err
	}
	arn := f.Service.WakerTargetGroup
	out, err := e.ELB.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if err != nil {
		return fmt.Errorf("describe targets of %s: %w", arn, err)
	}
	if len(out.TargetHealthDescriptions) > 0 && out.TargetHealthDescriptions[0].Target != nil {
		f.Waker.Function = aws.ToString(out.TargetHealthDescriptions[0].Target.Id)
	}
	return nil
}

func (e *Examiner) group(ctx context.Context, arn string) (Group, error) {
	groups, err := e.ELB.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
	if err != nil {
		return Group{}, fmt.Errorf("describe target group %s: %w", arn, err)
	}
	attributes, err := e.ELB.DescribeTargetGroupAttributes(ctx,
		&elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil {
		return Group{}, fmt.Errorf("describe attributes of target group %s: %w", arn, err)
	}
	if len(groups.TargetGroups) != 1 {
		return Group{}, fmt.Errorf("describe target group %s: got %d groups", arn, len(groups.TargetGroups))
	}
	g := groups.TargetGroups[0]
	group := Group{
		Type: string(g.TargetType), HealthChecked: aws.ToBool(g.HealthCheckEnabled),
		HealthInterval: seconds(aws.ToInt32(g.HealthCheckIntervalSeconds)),
	}
	if len(g.LoadBalancerArns) > 0 {
		group.LoadBalancer = g.LoadBalancerArns[0] // a target group belongs to one at the most
	}
	for _, a := range attributes.Attributes {
		group.set(aws.ToString(a.Key), aws.ToString(a.Value))
	}
	return group, nil
}

func (g *Group) set(key, value string) {
	switch key {
	case "stickiness.enabled":
		g.Sticky = value == "true"
	case "lambda.multi_value_headers.enabled":
		g.MultiValueHeaders = value == "true"
	case "deregistration_delay.timeout_seconds":
		n, _ := strconv.ParseInt(value, 10, 32) // AWS's own number
		g.DeregistrationDelay = seconds(int32(n))
	}
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

func (e *Examiner) readScaling(ctx context.Context, f *Facts) error {
	resource := "service/" + nameOf(f.Service.Cluster) + "/" + nameOf(f.Service.Service)
	out, err := e.Scaling.DescribeScalableTargets(ctx, &scaling.DescribeScalableTargetsInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ResourceIds: []string{resource},
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
	})
	if err != nil {
		return fmt.Errorf("describe scalable target %s: %w", resource, err)
	}
	for _, target := range out.ScalableTargets {
		f.Minimum = aws.Int(int(aws.ToInt32(target.MinCapacity)))
	}
	return nil
}

// nameOf is the name in an ARN, or the name itself.
func nameOf(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }

// lately is how far back metrics of a minute are looked for.
const lately = 15 * time.Minute

// readMetrics asks as the reaper does: what is settled for it has a heartbeat.
func (e *Examiner) readMetrics(ctx context.Context, f *Facts) error {
	minutes, err := e.Traffic.Minutes(ctx, f.Service, f.Now.Add(-lately), f.Now)
	for _, m := range minutes {
		if m.Settled {
			f.Heartbeat = m.Start
		}
	}
	return err
}
