package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

var update = flag.Bool("update", false, "write the answers in testdata/golden anew")

// said is what the core answers to the request of each file.
func said() map[string]any {
	at := new(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC))
	return map[string]any{
		"ecs": &ecs.DescribeServicesOutput{Services: []ecstypes.Service{{
			ServiceName: new("service"), Status: new("ACTIVE"), DesiredCount: 2, RunningCount: 1, CreatedAt: at,
			LaunchType: ecstypes.LaunchTypeFargate, Events: []ecstypes.ServiceEvent{},
		}}},
		"ecs-error":     &ecstypes.ClusterNotFoundException{Message: new("Cluster not found.")},
		"ssm":           &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: new("/a"), Value: new(`{"é":"<&>"}`), Version: 3, LastModifiedDate: at}},
		"ssm-error":     &ssmtypes.ParameterNotFound{},
		"ssm-throttled": awsapi.Fault{Kind: awsapi.FaultThrottle},
		"elb": &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{{
			RuleArn: new("arn:rule"), Priority: new("2"), IsDefault: new(false),
			Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), Values: []string{"/a&b", "/*"}}},
			Actions:    []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, Order: new(int32(1))}},
		}}},
		"elb-error":             &elbtypes.RuleNotFoundException{Message: new("Rule 'arn:rule' not found")},
		"elb-throttled":         awsapi.Fault{Kind: awsapi.FaultThrottle},
		"elb-failed":            awsapi.Fault{Kind: awsapi.FaultFail},
		"sns":                   &sns.GetTopicAttributesOutput{Attributes: map[string]string{"DisplayName": "a & b", "Owner": "000000000000"}},
		"sns-publish":           &sns.PublishOutput{MessageId: new("a")},
		"sns-error":             &snstypes.NotFoundException{Message: new("Topic does not exist")},
		"sns-throttled":         awsapi.Fault{Kind: awsapi.FaultThrottle},
		"cloudwatch-cbor":       points(),
		"cloudwatch-json":       points(),
		"cloudwatch-form":       points(),
		"cloudwatch-cbor-error": &cwtypes.InvalidParameterValueException{Message: new("why"), ErrorCodeOverride: new("InvalidParameterValue")},
		"cloudwatch-json-error": &cwtypes.InvalidParameterValueException{Message: new("why"), ErrorCodeOverride: new("InvalidParameterValue")},
	}
}

func points() any {
	minute := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	return &cloudwatch.GetMetricStatisticsOutput{Label: new("RequestCount"), Datapoints: []cwtypes.Datapoint{
		{Timestamp: &minute, Sum: new(42.0), Unit: cwtypes.StandardUnitCount},
		{Timestamp: new(minute.Add(time.Minute)), Sum: new(0.5), Unit: cwtypes.StandardUnitCount},
	}}
}

// TestGolden keeps a request and its answer for each protocol in testdata/golden, as they go over the wire. The
// requests are what SDK and CLI send, less what does not matter; a body of CBOR is in a file beside them.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/golden/*.request")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".request")
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			expect(t, "testdata/golden/"+name+".answer", dump(t, exchange(t, name, request(t, path))))
		})
	}
	for name := range said() {
		if !seen[name] {
			t.Errorf("%s has no request", name)
		}
	}
}

func expect(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update if this is right (-want +got):\n%s", diff)
	}
}

// request reads a request as it goes over the wire. Its Content-Length comes from its body.
func request(t *testing.T, path string) *http.Request {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	if binary, err := os.ReadFile(strings.TrimSuffix(path, "request") + "cbor"); err == nil {
		body = binary
	}
	body = bytes.TrimSuffix(body, []byte("\n"))
	text = fmt.Appendf(nil, "%s\nContent-Length: %d\n\n%s", head, len(body), body)
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// exchange sends a request over a socket, to a core that answers, fails, or is out of reach by a fault.
func exchange(t *testing.T, name string, r *http.Request) *http.Response {
	t.Helper()
	b := &awsapi.Backplane{}
	core, _, url := scripted(t, b)
	switch what := said()[name].(type) {
	case nil:
		t.Fatalf("%s has no answer", name)
	case awsapi.Fault:
		b.Faults = &awsapi.Faults{Hook: func(context.Context, string, int) awsapi.Fault { return what }}
	case error:
		core.err = what
	default:
		core.answer = what
	}
	r.RequestURI = ""
	r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(url, "http://")
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

var ids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// dump is a response as text, with what differs each time left out and CBOR shown as JSON.
func dump(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	var text, body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&text, response.Proto, response.Status)
	var lines []string
	for name, values := range response.Header {
		if name == "Date" {
			values = []string{"(now)"}
		}
		lines = append(lines, fmt.Sprintf("%s: %s\n", name, values[0]))
	}
	slices.Sort(lines)
	shown := body.String()
	if response.Header.Get("Content-Type") == "application/cbor" {
		shown = diagnostic(t, body.Bytes())
	}
	fmt.Fprintf(&text, "%s\n%s\n", strings.Join(lines, ""), shown)
	return ids.ReplaceAllString(text.String(), "(id)")
}

func diagnostic(t *testing.T, body []byte) string {
	t.Helper()
	v, err := cbor.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return "as JSON: " + string(text)
}
