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
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type observer interface {
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
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
	Metrics   metricsAPI // of the service's Region
	Billing   metricsAPI // of us-east-1, the only one with billing metrics
	Scaling   scalingAPI
	Scheduler schedulerAPI
	Now       func() time.Time
}

// Examine reads all facts about a service. What could not be read is told in the facts, so it does not fail.
func (e *Examiner) Examine(ctx context.Context, svc settings.Service) Facts {
	f := Facts{Service: svc, Now: e.Now(), Unread: make(map[Source]error)}
	var mu sync.Mutex
	var group errgroup.Group
	for source, read := range map[Source]func(context.Context, *Facts) error{
		FromECS: e.readECS, FromGroup: e.readGroup, FromWaker: e.readWaker, FromListener: e.readListener,
		FromScaling: e.readScaling, FromScheduler: e.readSchedules, FromMetrics: e.readMetrics, FromBilling: e.readBilling,
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

// readSchedules knows the schedule by its name: settings do not say which deployment tends a service. One for the
// service itself goes before others.
func (e *Examiner) readSchedules(ctx context.Context, f *Facts) error {
	pages := scheduler.NewListSchedulesPaginator(e.Scheduler,
		&scheduler.ListSchedulesInput{NamePrefix: aws.String("catnap-")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list schedules: %w", err)
		}
		for _, s := range page.Schedules {
			found := Schedule{Name: aws.ToString(s.Name), Enabled: s.State == schedulertypes.ScheduleStateEnabled}
			switch found.Name {
			case "catnap-" + f.Service.Name + "-reaper":
				f.Schedules = []Schedule{found}
				return nil
			case "catnap-reaper":
				f.Schedules = []Schedule{found}
			}
		}
	}
	return nil
}

func (e *Examiner) readMetrics(ctx context.Context, f *Facts) (err error) {
	_, group, _ := strings.Cut(f.Service.TargetGroup, ":targetgroup/")
	f.Heartbeat, err = e.newest(ctx, e.Metrics, 15*time.Minute, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/ApplicationELB"), MetricName: aws.String("HealthyHostCount"),
		Dimensions: []cwtypes.Dimension{
			{Name: aws.String("LoadBalancer"), Value: &f.Service.LoadBalancer},
			{Name: aws.String("TargetGroup"), Value: aws.String("targetgroup/" + group)},
		},
	})
	return err
}

func (e *Examiner) readBilling(ctx context.Context, f *Facts) (err error) {
	f.Billing, err = e.newest(ctx, e.Billing, 48*time.Hour, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/Billing"), MetricName: aws.String("EstimatedCharges"),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("Currency"), Value: aws.String("USD")}},
	})
	return err
}

// newest is the time of a metric's newest point within the last while.
func (e *Examiner) newest(
	ctx context.Context, api metricsAPI, within time.Duration, in *cloudwatch.GetMetricStatisticsInput,
) (newest time.Time, err error) {
	now := e.Now()
	in.StartTime, in.EndTime, in.Period = aws.Time(now.Add(-within)), &now, aws.Int32(60)
	if within > time.Hour {
		in.Period = aws.Int32(3600)
	}
	in.Statistics = []cwtypes.Statistic{cwtypes.StatisticSampleCount}
	out, err := api.GetMetricStatistics(ctx, in)
	if err != nil {
		return time.Time{}, fmt.Errorf("get statistics of %s: %w", *in.MetricName, err)
	}
	for _, point := range out.Datapoints {
		if at := aws.ToTime(point.Timestamp); at.After(newest) {
			newest = at
		}
	}
	return newest, nil
}
