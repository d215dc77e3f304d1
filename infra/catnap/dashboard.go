package catnap

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// widget is one of a dashboard's:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
type widget struct {
	Type       string         `json:"type"`
	X          int            `json:"x"`
	Y          int            `json:"y"`
	Width      int            `json:"width"`
	Height     int            `json:"height"`
	Properties map[string]any `json:"properties"`
}

// metric is a line of a graph, as CloudWatch writes it: namespace, name, dimensions by name and value, and how to show
// it.
type metric []any

// query leaves out the reaper's many lines that say that nothing is to be done.
const query = " | filter message in ['decision', 'answer', 'undone'] and action not in ['none', 'measure'] | fields " +
	"@timestamp, message, phase, action, reason, caller, reply | sort @timestamp desc | limit 100"

// The cost guard's lines: one an hour with the amounts, in the budget's currency, and what it did.
const (
	spendQuery = " | filter message in ['budget'] | stats max(spent) as spent, max(forecast) as expected, " +
		"max(limit) as allowed by bin(1h)"
	ordersQuery = " | filter message in ['budget', 'order', 'warning', 'finding'] | fields @timestamp, message, spent, " +
		"forecast, frozen, service, action, reason, text | sort @timestamp desc | limit 100"
)

// The bill's metric is in one Region, a few times a day.
const (
	billingRegion = "us-east-1"
	billingPeriod = 6 * 60 * 60
)

func (b builder) dashboard(
	group elb.CfnTargetGroup, waker, reaper awslambda.CfnFunction, logs logGroups, alarms []cw.CfnAlarm,
) {
	var arns []string
	for _, alarm := range alarms {
		arns = append(arns, *alarm.AttrArn())
	}
	decisions := "SOURCE '" + *logs.waker.Ref() + "' | SOURCE '" + *logs.reaper.Ref() + "'" + query
	guard := "SOURCE '" + *logs.costGuard.Ref() + "'"
	body, err := json.Marshal(map[string]any{"start": "-PT6H", "widgets": []widget{
		{"alarm", 0, 0, 24, 3, map[string]any{"title": "Alarms", "alarms": arns}},
		{"metric", 0, 3, 12, 6, b.graph("Requests", 60, "Sum", b.requests(group)...)},
		{"metric", 12, 3, 12, 6, b.graph("Tasks", 60, "Maximum", b.tasks()...)},
		{"metric", 0, 9, 8, 6, b.graph("Waker", 60, "Sum", wakerLines(waker)...)},
		{"metric", 8, 9, 8, 6, b.graph("How long the waker took", 60, "Maximum", durationLines(waker)...)},
		{"metric", 16, 9, 8, 6, b.graph("Reaper", 300, "Sum", reaperLines(reaper)...)},
		{"metric", 0, 15, 8, 6, bill()},
		{"log", 8, 15, 8, 6, b.lines("Spent and expected", "timeSeries", guard+spendQuery)},
		{"log", 16, 15, 8, 6, b.lines("What the cost guard did", "table", guard+ordersQuery)},
		{"log", 0, 21, 24, 8, b.lines("What catnap decided", "table", decisions)},
	}})
	if err != nil {
		panic(err) // there is nothing in it that JSON does not have
	}
	cw.NewCfnDashboard(b.scope, new("Dashboard"), &cw.CfnDashboardProps{
		DashboardName: b.named(), DashboardBody: new(string(body)),
	})
}

// lines are those of logs that a query finds.
func (b builder) lines(title, view, query string) map[string]any {
	return map[string]any{"title": title, "region": *b.stack.Region(), "view": view, "query": query}
}

func bill() map[string]any {
	return map[string]any{
		"title": "The account's bill this month, USD", "region": billingRegion, "view": "timeSeries",
		"period": billingPeriod, "stat": "Maximum",
		"metrics": []metric{{"AWS/Billing", "EstimatedCharges", "Currency", "USD", map[string]any{"label": "billed"}}},
	}
}

func (b builder) graph(title string, period int, statistic string, lines ...metric) map[string]any {
	return map[string]any{
		"title": title, "region": *b.stack.Region(), "view": "timeSeries", "period": period, "stat": statistic,
		"metrics": lines,
	}
}

func (b builder) requests(group elb.CfnTargetGroup) []metric {
	line := func(group, label string) metric {
		return metric{
			"AWS/ApplicationELB", "RequestCount", "LoadBalancer", b.loadBalancer(), "TargetGroup", group,
			map[string]any{"label": label},
		}
	}
	return []metric{line(b.groupName(), "application"), line(*group.AttrTargetGroupFullName(), "waker")}
}

// tasks are counted by the samples of their CPU, one a minute from each: ECS's own count of running tasks is a metric
// of Container Insights, which is charged for.
func (b builder) tasks() []metric {
	health := func(name, label string) metric {
		return metric{
			"AWS/ApplicationELB", name, "LoadBalancer", b.loadBalancer(), "TargetGroup", b.groupName(),
			map[string]any{"label": label},
		}
	}
	return []metric{
		{
			"AWS/ECS", "CPUUtilization", "ClusterName", *b.Service.Cluster().ClusterName(),
			"ServiceName", *b.Service.ServiceName(), map[string]any{"label": "running", "stat": "SampleCount"},
		},
		health("HealthyHostCount", "healthy"),
		health("UnHealthyHostCount", "unhealthy"),
	}
}

// groupName is CloudWatch's dimension, the last part of the target group's ARN: targetgroup/NAME/ID.
func (b builder) groupName() string {
	return *awscdk.Fn_Select(new(5.0), awscdk.Fn_Split(new(":"), b.TargetGroup.TargetGroupArn(), nil))
}

func functionLine(function awslambda.CfnFunction, name, label string, more ...string) metric {
	shown := map[string]any{"label": label}
	for i := 0; i+1 < len(more); i += 2 {
		shown[more[i]] = more[i+1]
	}
	return metric{"AWS/Lambda", name, "FunctionName", *function.Ref(), shown}
}

func wakerLines(waker awslambda.CfnFunction) []metric {
	return []metric{
		functionLine(waker, "Invocations", "invocations"),
		functionLine(waker, "Errors", "errors"),
		functionLine(waker, "Throttles", "throttles"),
	}
}

func durationLines(waker awslambda.CfnFunction) []metric {
	return []metric{
		functionLine(waker, "Duration", "half", "stat", "p50"),
		functionLine(waker, "Duration", "the longest"),
	}
}

func reaperLines(reaper awslambda.CfnFunction) []metric {
	return []metric{
		functionLine(reaper, "Invocations", "invocations"),
		functionLine(reaper, "Errors", "errors"),
		functionLine(reaper, "Duration", "the longest, ms", "stat", "Maximum", "yAxis", "right"),
	}
}
