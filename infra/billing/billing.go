// Package billing is what may be spent in a month: an alarm on the whole bill, one on each of some services of AWS, and
// a dashboard of all of them. It makes one stack, in us-east-1, the only Region that has the metric.
//
// The metric is in USD, for the month to date, a few times a day, and only if "Receive CloudWatch billing alerts" is
// switched on in the account's billing preferences; see "Create a billing alarm" in the CloudWatch User Guide. So it
// tells of a surprise within hours. Stopping the spending is the cost guard's business.
package billing

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/catnap-dev/catnap/infra/notice"
)

// Region is the only one with the metric.
const Region = "us-east-1"

// Props are what a stack is made of.
type Props struct {
	// Site is in the names. Required.
	Site string
	// Account is its number. Empty means that of the credentials which the stack is deployed with.
	Account string
	// Limit is in USD a month. Required.
	Limit float64
	// Services are limits for single services, by CloudWatch's names of them. Nil means none.
	Services map[string]float64
	// Email is told. Empty means that alarms are only seen in CloudWatch.
	Email string
}

// period is six hours: the metric has a point about every six.
const period = 6 * 60 * 60

// NewStack makes the stack.
func NewStack(scope constructs.Construct, p Props) awscdk.Stack {
	name := p.Site + "-billing"
	env := awscdk.Environment{Region: new(Region)}
	if p.Account != "" {
		env.Account = &p.Account
	}
	b := bill{Props: p, stack: awscdk.NewStack(scope, &name, &awscdk.StackProps{
		Description: new(p.Site + ": alarms of what it costs, by catnap."), Env: &env,
	})}
	b.topic = notice.NewTopic(b.stack, "Topic", "The bill of "+p.Site, p.Email)
	alarms := []cw.CfnAlarm{b.alarm("Total", "", p.Limit)}
	for _, service := range slices.Sorted(maps.Keys(p.Services)) {
		alarms = append(alarms, b.alarm(service, service, p.Services[service]))
	}
	b.dashboard(alarms)
	return b.stack
}

type bill struct {
	Props
	stack awscdk.Stack
	topic awssns.Topic
}

// alarm is on one metric, of a service or of all. The seed of this would have been one alarm on a search for the
// metrics of all services, which CloudWatch refuses: an alarm needs metrics that are named.
//
// Between two points, and before the first of a month, the alarm stays as it is.
func (b bill) alarm(id, service string, limit float64) cw.CfnAlarm {
	dimensions := []*cw.CfnAlarm_DimensionProperty{{Name: new("Currency"), Value: new("USD")}}
	of := "The account's bill"
	if service != "" {
		dimensions = append(dimensions, &cw.CfnAlarm_DimensionProperty{Name: new("ServiceName"), Value: &service})
		of = "What " + service + " costs"
	}
	amount := strconv.FormatFloat(limit, 'f', -1, 64)
	return cw.NewCfnAlarm(b.stack, new(id+"Alarm"), &cw.CfnAlarmProps{
		AlarmName:        new(b.Site + "-billing-" + id),
		AlarmDescription: new(of + " is more than " + amount + " USD this month. Cost Explorer tells for what."),
		Namespace:        new("AWS/Billing"), MetricName: new("EstimatedCharges"), Dimensions: dimensions,
		Statistic: new("Maximum"), Period: new(float64(period)), EvaluationPeriods: new(1.0),
		Threshold: &limit, ComparisonOperator: new("GreaterThanThreshold"), TreatMissingData: new("ignore"),
		AlarmActions: &[]any{b.topic.TopicArn()}, OkActions: &[]any{b.topic.TopicArn()},
	})
}

// search finds the metric of every service that has one. A graph may have it, where an alarm may not.
const search = `SEARCH('{AWS/Billing,Currency,ServiceName} MetricName="EstimatedCharges"', 'Maximum', 21600)`

func (b bill) dashboard(alarms []cw.CfnAlarm) {
	var arns []string
	for _, alarm := range alarms {
		arns = append(arns, *alarm.AttrArn())
	}
	graph := func(title string, x int, lines ...any) map[string]any {
		return map[string]any{"type": "metric", "x": x, "y": 3, "width": 12, "height": 8, "properties": map[string]any{
			"title": title, "region": Region, "view": "timeSeries", "stat": "Maximum", "period": period, "metrics": lines,
		}}
	}
	body, err := json.Marshal(map[string]any{"start": "-P31D", "widgets": []any{
		map[string]any{"type": "alarm", "x": 0, "y": 0, "width": 24, "height": 3, "properties": map[string]any{
			"title": "Alarms", "alarms": arns,
		}},
		graph("USD this month", 0, []any{"AWS/Billing", "EstimatedCharges", "Currency", "USD"}),
		graph("USD this month, by service", 12, []any{map[string]any{"expression": search, "id": "services"}}),
	}})
	if err != nil {
		panic(err) // there is nothing in it that JSON does not have
	}
	cw.NewCfnDashboard(b.stack, new("Dashboard"), &cw.CfnDashboardProps{
		DashboardName: new(b.Site + "-billing"), DashboardBody: new(string(body)),
	})
}
