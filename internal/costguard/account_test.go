package costguard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/topic"
)

const region = "eu-west-3"

// account is an AWS account in steps of an hour: what happens in it is certain, and what it tells of that is late. The
// guard calls it by the SDK's own clients.
type account struct {
	now        time.Time
	begin      time.Time
	services   map[string]*habitant
	fixed      float64 // USD an hour
	parameters map[string]string
	bill       []cwtypes.Datapoint // a point every six hours, six hours late
	spent      []float64           // by the hour since begin
	sent       []string            // month and subject
}

// habitant is a service with its habits.
type habitant struct {
	definition types.TaskDefinition
	spot       bool
	hourly     float64
	habit      func(at time.Time) (tasks, minutes int) // in the hour that begins then, if it may run
	ran        map[int64][2]int                        // by the hour
}

// live lets an hour pass.
func (a *account) live() {
	usd := a.fixed
	for _, name := range slices.Sorted(maps.Keys(a.services)) {
		h := a.services[name]
		if a.frozen(name) {
			continue
		}
		if tasks, minutes := h.habit(a.now); minutes > 0 {
			h.ran[a.now.Unix()] = [2]int{tasks, minutes}
			usd += float64(tasks*minutes) / 60 * h.hourly
		}
	}
	a.spent = append(a.spent, usd)
	a.now = a.now.Add(time.Hour)
	if a.now.Hour()%6 == 0 {
		known := a.now.Add(-6 * time.Hour)
		month := time.Date(known.Year(), known.Month(), 1, 0, 0, 0, 0, time.UTC)
		if !month.Before(a.begin) {
			a.bill = append(a.bill, cwtypes.Datapoint{
				Timestamp: sdk.Time(a.now.Add(-time.Hour)), Maximum: sdk.Float64(a.between(month, known)),
			})
		}
	}
}

// between is what was spent.
func (a *account) between(from, to time.Time) (usd float64) {
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		usd += a.spent[int(at.Sub(a.begin)/time.Hour)]
	}
	return usd
}

// frozen tells what the waker and the reaper would heed.
func (a *account) frozen(service string) bool {
	for _, name := range []string{"/catnap/freeze", "/catnap/services/" + service + "/freeze"} {
		f, err := settings.ParseFreeze([]byte(a.parameters[name]))
		if err == nil && f.Active(a.now) {
			return true
		}
	}
	return false
}

// guard is a new instance of the function.
func (a *account) guard() *costguard.Guard {
	options := []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("account", a.answer), middleware.After)
	}}
	metrics := cloudwatch.New(cloudwatch.Options{Region: region, APIOptions: options})
	now := func() time.Time { return a.now.Add(10 * time.Minute) }
	g := costguard.New(settings.NewStore(ssm.New(ssm.Options{Region: region, APIOptions: options}), now),
		meter.NewReader(metrics, metrics, ecs.New(ecs.Options{Region: region, APIOptions: options})),
		topic.NewPublisher(sns.New(sns.Options{Region: region, APIOptions: options})), now,
		slog.New(slog.DiscardHandler))
	g.Region = region
	return g
}

func (a *account) answer(
	_ context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler,
) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
	switch in := in.Parameters.(type) {
	case *ssm.GetParameterInput:
		out.Result, err = a.parameter(*in.Name)
	case *ssm.GetParametersByPathInput:
		out.Result = a.below(*in.Path)
	case *ssm.PutParameterInput:
		a.parameters[*in.Name] = *in.Value
		out.Result = &ssm.PutParameterOutput{}
	case *cloudwatch.GetMetricStatisticsInput:
		out.Result = &cloudwatch.GetMetricStatisticsOutput{Datapoints: a.statistics(in)}
	case *ecs.DescribeServicesInput:
		name := in.Services[0]
		out.Result = &ecs.DescribeServicesOutput{Services: []types.Service{a.services[name].describe(name)}}
	case *ecs.DescribeTaskDefinitionInput:
		out.Result = &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &a.services[*in.TaskDefinition].definition}
	case *sns.PublishInput:
		a.sent = append(a.sent, a.now.Format("01 ")+strings.TrimPrefix(*in.Subject, "catnap /catnap: "))
		out.Result = &sns.PublishOutput{}
	default:
		err = fmt.Errorf("%T is not answered here", in)
	}
	return out, metadata, err
}

func (a *account) parameter(name string) (*ssm.GetParameterOutput, error) {
	value, ok := a.parameters[name]
	if !ok {
		return nil, &ssmtypes.ParameterNotFound{}
	}
	return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: &name, Value: &value}}, nil
}

func (a *account) below(path string) *ssm.GetParametersByPathOutput {
	out := &ssm.GetParametersByPathOutput{}
	for name, value := range a.parameters {
		if strings.HasPrefix(name, path+"/") {
			out.Parameters = append(out.Parameters, ssmtypes.Parameter{Name: &name, Value: &value})
		}
	}
	return out
}

func (h *habitant) describe(name string) types.Service {
	s := types.Service{TaskDefinition: &name, LaunchType: types.LaunchTypeFargate}
	if h.spot {
		s.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{{CapacityProvider: sdk.String("FARGATE_SPOT")}}
	}
	return s
}

func (a *account) statistics(in *cloudwatch.GetMetricStatisticsInput) (points []cwtypes.Datapoint) {
	if *in.Namespace == "AWS/Billing" {
		for _, p := range a.bill {
			if !p.Timestamp.Before(*in.StartTime) && p.Timestamp.Before(*in.EndTime) {
				points = append(points, p)
			}
		}
		return points
	}
	h := a.services[*in.Dimensions[1].Value]
	for at := in.StartTime.Truncate(time.Hour); at.Before(*in.EndTime); at = at.Add(time.Hour) {
		ran, ok := h.ran[at.Unix()]
		if !ok {
			continue // a service without tasks has no data
		}
		if *in.Period == 3600 {
			points = append(points, cwtypes.Datapoint{Timestamp: &at, SampleCount: sdk.Float64(float64(ran[0] * ran[1]))})
			continue
		}
		for minute := range ran[1] {
			points = append(points, cwtypes.Datapoint{
				Timestamp: sdk.Time(at.Add(time.Duration(minute) * time.Minute)), SampleCount: sdk.Float64(float64(ran[0])),
			})
		}
	}
	return points
}

// put writes a service's settings with all that they need.
func (a *account) put(name string) {
	arn := "arn:aws:elasticloadbalancing:eu-west-3:123456789012:"
	document := map[string]any{
		"cluster": "main", "service": name, "load_balancer": "app/main/1f", "bypass_url": "https://main.example",
		"target_group": arn + "targetgroup/" + name + "/1f", "waker_target_group": arn + "targetgroup/waker-" + name + "/1f",
		"waker_rule":  arn + "listener-rule/app/main/1f/2f/" + name,
		"bypass_rule": arn + "listener-rule/app/main/1f/3f/" + name,
	}
	text, _ := json.Marshal(document) // of texts
	a.parameters["/catnap/services/"+name] = string(text)
}
