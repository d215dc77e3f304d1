package catnap

import (
	"encoding/json"
	"maps"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"

	"github.com/catnap-dev/catnap/internal/settings"
)

// references are the ARNs in the settings document that AWS gives out.
type references struct {
	group, waker, bypass string
	ec2Rule, ec2Group    string // empty without an EC2 side
}

// prefix is the service's own branch of the parameters.
func (b builder) prefix() string { return b.Prefix + "/" + b.Name }

func (b builder) settingsName() string { return b.prefix() + "/services/" + b.Name }

type documents struct {
	settings, wakes, pin, freeze awsssm.CfnParameter // the service's
	orders                       orders
}

// orders are the parameters of the cost guard, and of whoever operates the service.
type orders struct{ budget, warned, freeze, thaw awsssm.CfnParameter }

// documents are the parameters that the functions read. What is not in the first has its default; see the README.
// Whatever else is written into it stays until an update of the stack changes one of its values, because that replaces
// the document as a whole.
//
// The functions write the last 20 wakes into the second, and whoever operates the service the order to stay awake into
// the third: {"until": "2027-01-31T18:00:00Z"}, while the empty document is no order. The fourth is the order to stay
// asleep. The stack makes the three only so that they go with the stack.
func (b builder) documents(refs references) documents {
	text, err := b.document(refs, b.target())
	if err != nil {
		text = []byte("{}") // the validation says why
	}
	name := b.settingsName()
	of := "the service " + b.Name
	return documents{
		settings: b.parameter("Settings", name, "catnap's settings of "+of+".", string(text)),
		wakes: b.parameter("Wakes", name+"/wakes",
			"When "+of+" was woken, and how long it took. Written by catnap.", `{"wakes": []}`),
		pin: b.parameter("Pin", name+"/pin", "Until when "+of+" is kept awake. Written by whoever operates it.", "{}"),
		freeze: b.parameter("ServiceFreeze", name+"/freeze",
			"Until when "+of+" alone is not woken. Written by the same.", "{}"),
		orders: b.orders(),
	}
}

// budget is what the cost guard reads. An empty document is no budget.
func (b builder) budget() ([]byte, error) {
	document := maps.Clone(b.Budget)
	if document == nil {
		document = map[string]any{}
	}
	if b.MonthlyLimit != 0 {
		document["limit"] = b.MonthlyLimit
	}
	return json.Marshal(document)
}

// orders are what may be spent, and what is written about it while the service lives. Without a limit the cost guard
// only watches. The stack makes all but the first only so that they go with the stack.
func (b builder) orders() orders {
	text, err := b.budget()
	if err != nil {
		text = []byte("{}") // the validation says why
	}
	return orders{
		budget: b.parameter("Budget", b.prefix()+"/budget",
			"What may be spent for the service "+b.Name+" and the account around it.", string(text)),
		warned: b.parameter("Warned", b.prefix()+"/budget/warned",
			"Which warnings of the month went out. Written by catnap for the service "+b.Name+".", "{}"),
		freeze: b.parameter("Freeze", b.prefix()+"/freeze",
			"Until when nothing is woken. Written by the cost guard or whoever operates "+b.Name+".", "{}"),
		thaw: b.parameter("Thaw", b.prefix()+"/thaw",
			"Until when the cost guard freezes nothing. Written by whoever operates "+b.Name+".", "{}"),
	}
}

func (b builder) parameter(id, name, description, value string) awsssm.CfnParameter {
	return awsssm.NewCfnParameter(b.scope, &id, &awsssm.CfnParameterProps{
		Name: &name, Description: &description, Type: new("String"), Tier: new("Standard"), Value: &value,
	})
}

// target is what catnap stands beside, as the settings name it.
type target struct{ cluster, service, group, loadBalancer, bypassURL string }

func (b builder) target() target {
	return target{
		cluster: *b.Service.Cluster().ClusterName(), service: *b.Service.ServiceName(),
		group: *b.TargetGroup.TargetGroupArn(), loadBalancer: b.loadBalancer(), bypassURL: b.bypassURL(),
	}
}

// document is what the functions read. Tokens in it are put in as they are: what CloudFormation makes of them, names
// and ARNs, needs no escaping.
func (b builder) document(refs references, t target) ([]byte, error) {
	document := maps.Clone(b.Settings)
	if document == nil {
		document = map[string]any{}
	}
	maps.Copy(document, map[string]any{
		"cluster": t.cluster, "service": t.service, "target_group": t.group, "load_balancer": t.loadBalancer,
		"waker_target_group": refs.group, "waker_rule": refs.waker, "bypass_rule": refs.bypass,
		"bypass": b.Bypass, "probe_path": b.ProbePath, "patterns": b.Patterns,
		"wake_count": b.WakeCount, "idle_after": settings.Duration(b.IdleAfter), "wake": b.Wake,
		"wakes_per_hour": *b.WakesPerHour,
	})
	for key, value := range map[string]string{
		"bypass_url": t.bypassURL, "operator_token_sha256": b.OperatorTokenSHA256,
		"ec2_rule": refs.ec2Rule, "ec2_target_group": refs.ec2Group,
	} {
		if value != "" {
			document[key] = value
		}
	}
	return json.MarshalIndent(document, "", "  ")
}

// loadBalancer is CloudWatch's dimension, the middle of the listener's ARN: .../listener/app/NAME/ID/ID.
func (b builder) loadBalancer() string {
	parts := awscdk.Fn_Split(new("/"), b.Listener.ListenerArn(), nil)
	part := func(i float64) *string { return awscdk.Fn_Select(&i, parts) }
	return *awscdk.Fn_Join(new("/"), &[]*string{part(1), part(2), part(3)})
}

// bypassURL is empty where there is none, or none can be known.
func (b builder) bypassURL() string {
	if b.Bypass == BypassOff || b.BypassURL != "" {
		return b.BypassURL
	}
	listener, ok := b.Listener.(elb.ApplicationListener)
	if !ok {
		return ""
	}
	scheme, port := b.listens(listener)
	url := scheme + "://" + *listener.LoadBalancer().LoadBalancerDnsName()
	if port != map[string]int{"http": 80, "https": 443}[scheme] {
		url += ":" + strconv.Itoa(port)
	}
	return url
}

// listens are a listener's scheme and port.
func (b builder) listens(listener elb.ApplicationListener) (scheme string, port int) {
	scheme, port = "http", int(*listener.Port())
	if listener.Protocol() == elb.ApplicationProtocol_HTTPS {
		scheme = "https"
	}
	return scheme, port
}
