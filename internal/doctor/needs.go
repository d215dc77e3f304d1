package doctor

import (
	"slices"
	"strings"
)

// Part is one of catnap's that has a role.
type Part string

// The parts.
const (
	Waker     Part = "waker"
	Reaper    Part = "reaper"
	CostGuard Part = "cost guard"
	Schedules Part = "schedule" // those of EventBridge Scheduler, which have one role
)

// Need is one action that a part's role must allow, on a resource.
type Need struct {
	Part     Part
	Action   string // as "ecs:UpdateService"
	Resource string // an ARN, with * at its end where any will do; or only *
	Cluster  string // the cluster's ARN, as the condition key ecs:cluster, where AWS restricts by nothing else
	Without  string // what becomes of it without
}

// need is a row of the table below: each of the parts may do each of the actions on the resource.
type need struct {
	parts     []Part
	actions   []string
	resource  string // with the words of Place in braces
	clustered bool   // only in the service's cluster
	without   string
}

// needs are what the policies of template.yaml allow, and no more: a test compares. Whoever changes one changes both.
var needs = []need{
	on("{log}:*", "its log is lost", "logs:CreateLogStream", "logs:PutLogEvents").of(Waker, Reaper, CostGuard),

	on("{service}", "it can't see the service, and does nothing", "ecs:DescribeServices").of(Waker, Reaper, CostGuard),
	on("{service}", "nobody's request starts the service", "ecs:UpdateService").of(Waker),
	on("{service}", "it stops nothing", "ecs:UpdateService").of(Reaper),
	on("*", "it can't see the service's tasks", "ecs:ListTasks").inCluster().of(Waker, Reaper),
	on("{tasks}/*", "it can't tell how far a start is, and why one failed", "ecs:DescribeTasks").of(Waker, Reaper),
	on("{tasks}/*", "it can't see which tasks are protected, and stops nothing", "ecs:GetTaskProtection").of(Reaper),
	on("*", "it doesn't know the price of a task", "ecs:DescribeTaskDefinition").of(CostGuard),

	on("*", "it can't tell whether the service is awake", "elasticloadbalancing:DescribeRules",
		"elasticloadbalancing:DescribeTargetHealth").of(Waker, Reaper),
	on("{rule}", "it can't switch between the waker and the service", "elasticloadbalancing:ModifyRule").of(Waker, Reaper),

	on("*", "it knows of no quiet minute, and stops nothing", "cloudwatch:GetMetricStatistics").of(Reaper),
	on("*", "it doesn't know what was spent", "cloudwatch:GetMetricStatistics").of(CostGuard),

	on("{parameters}/services", "it finds no settings, and does nothing",
		"ssm:GetParametersByPath").of(Waker, Reaper, CostGuard),
	on("{parameters}/freeze", "it can't tell whether anything may be woken", "ssm:GetParameter").of(Waker, Reaper),
	on("{parameters}/services/{name}/wakes", "starts are not remembered: no estimate, no back-off after failures",
		"ssm:GetParameter", "ssm:PutParameter").of(Waker, Reaper),
	on("{parameters}/budget", "it doesn't know what may be spent", "ssm:GetParameter").of(CostGuard),
	on("{parameters}/budget/warned", "it warns again every hour", "ssm:GetParameter", "ssm:PutParameter").of(CostGuard),
	on("{parameters}/freeze", "it can't freeze when the money is spent",
		"ssm:GetParameter", "ssm:PutParameter").of(CostGuard),
	on("{parameters}/services/{name}/freeze", "it can't freeze a service that costs too much",
		"ssm:GetParameter", "ssm:PutParameter").of(CostGuard),
	on("{parameters}/thaw", "it freezes what you have thawed", "ssm:GetParameter").of(CostGuard),
	on("{topic}", "nobody hears of its warnings", "sns:Publish").of(CostGuard),

	on("{queue}", "a look that failed is lost without an alarm", "sqs:SendMessage").of(CostGuard, Schedules),
	on("{reaper}", "the reaper never runs: nothing is put to sleep", "lambda:InvokeFunction").of(Schedules),
	on("{cost guard}", "the cost guard never runs", "lambda:InvokeFunction").of(Schedules),
}

func on(resource, without string, actions ...string) need {
	return need{actions: actions, resource: resource, without: without}
}

func (n need) of(parts ...Part) need {
	n.parts = parts
	return n
}

func (n need) inCluster() need {
	n.clustered = true
	return n
}

// Place is what a service's resources are called. What is empty is not there, and nothing is needed on it.
type Place struct {
	Partition, Region, Account string
	Cluster, Service           string // names
	Prefix, Name               string // of the parameters: PREFIX/services/NAME
	WakerRule                  string // ARN
	Reaper, CostGuard          string // ARNs of functions
	Queue, Topic               string // ARNs
	LogGroups                  map[Part]string
}

func (p Place) arn(service, resource string) string {
	return "arn:" + p.Partition + ":" + service + ":" + p.Region + ":" + p.Account + ":" + resource
}

func (p Place) words(part Part) map[string]string {
	words := map[string]string{
		"{service}": p.arn("ecs", "service/"+p.Cluster+"/"+p.Service), "{tasks}": p.arn("ecs", "task/"+p.Cluster),
		"{parameters}": p.arn("ssm", "parameter"+p.Prefix), "{name}": p.Name, "{rule}": p.WakerRule, "{queue}": p.Queue,
		"{topic}": p.Topic, "{reaper}": p.Reaper, "{cost guard}": p.CostGuard,
	}
	if group := p.LogGroups[part]; group != "" {
		words["{log}"] = p.arn("logs", "log-group:"+group)
	}
	return words
}

// Needs are what a part must be allowed at a place.
func (p Place) Needs(part Part) (all []Need) {
	words := p.words(part)
	for _, n := range needs {
		resource, there := filled(n.resource, words)
		if !there || !slices.Contains(n.parts, part) {
			continue
		}
		for _, action := range n.actions {
			one := Need{Part: part, Action: action, Resource: resource, Without: n.without}
			if n.clustered {
				one.Cluster = p.arn("ecs", "cluster/"+p.Cluster)
			}
			all = append(all, one)
		}
	}
	return all
}

// filled is false if the resource has a word for what is not there.
func filled(resource string, words map[string]string) (full string, there bool) {
	for word, value := range words {
		if strings.Contains(resource, word) && value == "" {
			return "", false
		}
		resource = strings.ReplaceAll(resource, word, value)
	}
	return resource, !strings.Contains(resource, "{")
}

// example is a resource that the need's pattern stands for: a simulation takes ARNs, and a role may allow fewer tasks
// or log streams than all.
func (n Need) example() string {
	switch {
	case strings.HasSuffix(n.Resource, ":*"):
		return strings.TrimSuffix(n.Resource, "*") + "log-stream:doctor"
	case strings.HasSuffix(n.Resource, "/*"):
		return strings.TrimSuffix(n.Resource, "*") + "doctor"
	default:
		return n.Resource
	}
}
