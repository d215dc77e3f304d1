package doctor_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/doctor"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

const topic = "arn:aws:sns:eu-west-3:000000000000:alarms"

// deployed is what template.yaml deploys, with all that its parameters can add to the roles.
func deployed(t *testing.T) deployment.Deployment {
	t.Helper()
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lb := alb.New(alb.Options{})
	d, err := deployment.FromTemplate(deployment.Template{Source: source, Values: map[string]string{
		"ServiceName": "web", "Cluster": "shop", "Service": "shop-web", "ListenerArn": lb.ListenerARN(),
		"ServiceTargetGroupArn": lb.TargetGroupARN("service"), "LoadBalancerDnsName": lb.DNSName(), "AlarmTopicArn": topic,
	}}, lb, lb.DNSName())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestNeedsAreTheTemplates: what the doctor asks for is what template.yaml's roles allow, no less and no more.
func TestNeedsAreTheTemplates(t *testing.T) {
	d := deployed(t)
	const function = "arn:aws:lambda:eu-west-3:000000000000:function:"
	place := doctor.Place{
		Partition: "aws", Region: iam.Region, Account: iam.Account, Cluster: "shop", Service: "shop-web",
		Prefix: "/catnap/web", Name: "web", WakerRule: alb.New(alb.Options{}).RuleARN(2), Topic: topic,
		LogGroups: make(map[doctor.Part]string),
		Reaper:    function + "catnap-web-reaper", CostGuard: function + "catnap-web-costguard",
	}
	roles := make(map[doctor.Part]string)
	for _, f := range d.Functions {
		part := doctor.Part(strings.Replace(f.Code, "costguard", "cost guard", 1))
		roles[part], place.LogGroups[part] = f.Role, f.LogGroup
	}
	for _, s := range d.Schedules {
		roles[doctor.Schedules] = s.Role
		if s.DeadLetter != "" {
			place.Queue = s.DeadLetter
		}
	}
	for part, role := range roles {
		t.Run(string(part), func(t *testing.T) {
			if diff := cmp.Diff(granted(d.Roles[role]), needed(place.Needs(part))); diff != "" {
				t.Errorf("what the template allows, and the doctor asks for (-template +doctor):\n%s", diff)
			}
		})
	}
}

// needed are the needs as granted writes them.
func needed(needs []doctor.Need) (all []string) {
	for _, n := range needs {
		all = append(all, n.Action+" "+n.Resource+" "+n.Cluster)
	}
	slices.Sort(all)
	return all
}

// granted are the actions that a role allows, with their resources and the cluster that a condition keeps them to.
func granted(r iam.Role) []string {
	all := map[string]bool{}
	for _, s := range r.Policy {
		cluster := ""
		for _, c := range s.Conditions {
			cluster += strings.Join(c.Values, ",")
			if c.Key != "ecs:cluster" {
				cluster += " by " + c.Key
			}
		}
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				all[action+" "+resource+" "+cluster] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// TestNothingIsNeededOfWhatIsNotThere: without a topic, a queue and log groups nobody needs to reach them.
func TestNothingIsNeededOfWhatIsNotThere(t *testing.T) {
	for _, part := range []doctor.Part{doctor.Waker, doctor.Reaper, doctor.CostGuard, doctor.Schedules} {
		for _, n := range (doctor.Place{Partition: "aws", WakerRule: "arn:rule"}).Needs(part) {
			service, _, _ := strings.Cut(n.Action, ":")
			if slices.Contains([]string{"sns", "sqs", "logs", "lambda"}, service) {
				t.Errorf("%s needs %s on %q", part, n.Action, n.Resource)
			}
		}
	}
}
