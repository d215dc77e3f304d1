// Package deployment says as data what a deployment of catnap makes, and reads it from a CloudFormation template: so
// that what the sandbox runs is what will stand on AWS.
//
// A template may make catnap beside a service that is there (template.yaml), or all of it with its network, load
// balancer and service (an app of the AWS CDK). Every kind of resource in it is imitated, or listed as one that does
// not matter here, or an error; the same goes for every property of an imitated kind. It makes nothing: the sandbox
// does.
package deployment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/cloudformation"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// Deployment is what is to be made, by names and ARNs that the sandbox will give it.
type Deployment struct {
	Functions    []Function
	TargetGroups []alb.TargetGroup
	Machines     string    // the ARN of the target group that EC2 instances are for; empty if there is none
	Listener     *Listener // nil means that there is one already
	Rules        []alb.Rule
	Services     []Service // none means that there is one already
	Scaled       []Scaled
	Parameters   []Parameter
	Topics       []string // of SNS, by name
	// ScheduleGroups are those of EventBridge Scheduler besides "default", which is always there.
	ScheduleGroups []string
	Schedules      []Schedule
	Roles          map[string]iam.Role // by ARN; nil holds nobody to a role
}

// Function is a Lambda function of catnap's.
type Function struct {
	Code        string // the folder below functions/: waker, reaper or costguard
	Name        string
	Timeout     time.Duration // zero means 3 s
	Concurrency int           // reserved; zero reserves nothing
	Memory      int           // in MB; zero means 128
	Env         map[string]string
	Role        string // its ARN; empty means that it may do everything
	LogGroup    string // its name
	Retry       Retry  // of asynchronous invocations
	// Callers are the services that its own policy lets invoke it.
	Callers []lambda.Caller
}

// Retry is what becomes of an asynchronous invocation that failed.
type Retry struct {
	Attempts  int           // after the first
	MaxAge    time.Duration // of the event; zero means 6 h
	OnFailure string        // the ARN of the queue that hears of it at last; empty means nobody does
}

// Listener is the load balancer's.
type Listener struct {
	Port    int
	Default string // the ARN of the target group that its default action forwards to
}

// Service is an ECS service. What runs in it is the sandbox's.
type Service struct {
	Cluster, Name string
	TargetGroup   string // its ARN
	Desired       int
	Grace         time.Duration // of its health checks; zero means 60 s
}

// Scaled is a service as Application Auto Scaling knows it: a scalable target.
type Scaled struct {
	Resource string // service/CLUSTER/NAME
	Min, Max int32
}

// Parameter is one of SSM's.
type Parameter struct{ Name, Value string }

// Schedule invokes a function again and again, without retries of its own.
type Schedule struct {
	Name       string
	Group      string    // empty means "default"
	Expression string    // rate(5 minutes)
	Start      time.Time // from which a rate counts; zero means when it is made
	Function   string    // its ARN
	Input      string    // empty means the scheduler's own event
	Role       string    // its ARN
	DeadLetter string    // the ARN of the queue for what could not be handed over; empty means none
}

// Settings is the one parameter below a function's prefix that has the settings of a service, and the service's name
// for catnap: PREFIX/services/NAME.
func (d Deployment) Settings() (p Parameter, name string, err error) {
	prefix, err := d.prefix()
	if err != nil {
		return Parameter{}, "", err
	}
	var found []Parameter
	for _, p := range d.Parameters {
		rest, below := strings.CutPrefix(p.Name, prefix+"/services/")
		if below && !strings.Contains(rest, "/") {
			found, name = append(found, p), rest
		}
	}
	if len(found) != 1 {
		return Parameter{}, "", fmt.Errorf("find settings: %d parameters are right below %s/services, there must be one",
			len(found), prefix)
	}
	return found[0], name, nil
}

// PrefixVariable is the environment variable that tells the functions where catnap's parameters begin.
const PrefixVariable = "CATNAP_PREFIX"

// TopicVariable is the one that tells the cost guard the ARN of the topic that hears of warnings and freezes.
const TopicVariable = "CATNAP_TOPIC"

// prefix is where the waker looks for settings.
func (d Deployment) prefix() (string, error) {
	i := slices.IndexFunc(d.Functions, func(f Function) bool { return f.Code == "waker" })
	if i < 0 {
		return "", fmt.Errorf("find settings: there is no waker to read them")
	}
	if prefix := d.Functions[i].Env[PrefixVariable]; prefix != "" {
		return prefix, nil
	}
	return "/catnap", nil
}

// Place is where the sandbox pretends that stacks are.
func Place(stack string) cloudformation.Place {
	return cloudformation.Place{
		Account: iam.Account, Region: iam.Region, Stack: stack, ID: "5a4db0e0-71f2-11f1-9c3a-0242ac120002",
	}
}
