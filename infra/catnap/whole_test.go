package catnap_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"github.com/catnap-dev/catnap/infra/catnap"
)

// template is a stack's, as text. It panics when resources wait for each other in a circle.
func template(t *testing.T, stack awscdk.Stack) string {
	t.Helper()
	raw, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestNoCircle: service and catnap may be in one stack, and the service may wait for both rules, as it does when the
// listener has them all: nothing that a rule needs needs the service.
func TestNoCircle(t *testing.T) {
	s := newSite(t, awscdk.NewStack(awscdk.NewApp(nil), new("Shop"), nil), good(), dist(t))
	s.forward()
	made := catnap.NewScaleToZero(s.stack, "Catnap", s.props)
	s.service.Node().AddDependency(made.BypassRule, made.WakerRule)
	text := template(t, s.stack)
	if !regexp.MustCompile(`"DependsOn":\[[^]]*"CatnapWakerRule[0-9A-F]{8}"`).MatchString(text) {
		t.Error("the service does not wait for the waker rule, so this test shows nothing")
	}
}

// TestBypassURL: where the waker finds the load balancer is read from the listener.
func TestBypassURL(t *testing.T) {
	for name, tc := range map[string]struct {
		listener elb.BaseApplicationListenerProps
		want     string
	}{
		"HTTP":   {elb.BaseApplicationListenerProps{Port: new(80.0)}, `http://%"`},
		"Other":  {elb.BaseApplicationListenerProps{Port: new(8080.0), Protocol: elb.ApplicationProtocol_HTTP}, `http://%:8080"`},
		"HTTPS":  {elb.BaseApplicationListenerProps{Protocol: elb.ApplicationProtocol_HTTPS}, `https://%"`},
		"Secure": {elb.BaseApplicationListenerProps{Port: new(8443.0)}, `https://%:8443"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, awscdk.NewStack(awscdk.NewApp(nil), &name, nil), good(), dist(t))
			s.forward()
			tc.listener.DefaultTargetGroups = &[]elb.IApplicationTargetGroup{s.group}
			if strings.HasPrefix(tc.want, "https") {
				tc.listener.Certificates = &[]elb.IListenerCertificate{elb.ListenerCertificate_FromArn(new("arn:aws:acm:..."))}
			}
			s.props.Listener = s.balancer.AddListener(new("Second"), &tc.listener)
			catnap.NewScaleToZero(s.stack, "Catnap", s.props)
			name := regexp.MustCompile(`",{"Fn::GetAtt":\["Balancer\w+","DNSName"\]},"`)
			text := strings.ReplaceAll(name.ReplaceAllString(template(t, s.stack), "%"), `\"`, `"`)
			if !strings.Contains(text, `"bypass_url": "`+tc.want) {
				t.Errorf("no bypass_url %s in %s", tc.want, text)
			}
		})
	}
}
