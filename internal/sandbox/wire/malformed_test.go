package wire_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

const (
	ecsTarget   = "AmazonEC2ContainerServiceV20141113."
	ssmTarget   = "AmazonSSM."
	watchTarget = "GraniteServiceVersion20100801."
	watchPath   = "/service/GraniteServiceVersion20100801/operation/"
	elbVersion  = "&Version=2015-12-01"
)

// signature is one that is not verified.
func signature(scope string) string {
	return "AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-west-3/" + scope + "/aws4_request, " +
		"SignedHeaders=host, Signature=0"
}

// post is a signed request in the form that its target, path or body ask for.
func post(target, path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://aws"+path, strings.NewReader(body))
	r.Header.Set("Authorization", signature("elasticloadbalancing"))
	switch {
	case strings.HasPrefix(path, "/service/"):
		r.Header.Set("Content-Type", "application/cbor")
		r.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
	case target != "":
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", target)
	default:
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	return r
}

func get(path string) *http.Request {
	r := post("", path, "")
	r.Method = http.MethodGet
	return r
}

func with(r *http.Request, header, value string) *http.Request {
	r.Header.Set(header, value)
	if value == "" {
		r.Header.Del(header)
	}
	return r
}

func as(r *http.Request, method string) *http.Request {
	r.Method = method
	return r
}

func encoded(m cbor.Map) string { return string(cbor.Encode(m)) }

// TestMalformed sends what no SDK sends. The want is the status and a part of the answer.
func TestMalformed(t *testing.T) {
	long := strings.Repeat(" ", wire.MaxBody+1)
	list := ecsTarget + "ListTasks"
	for name, test := range map[string]struct {
		r      *http.Request
		status int
		want   string
	}{
		"JSON: an unknown operation":          {post(ecsTarget+"Nap", "/", "{}"), 400, `"__type":"UnknownOperationException"`},
		"JSON: an unknown service":            {post("AmazonSQS.SendMessage", "/", "{}"), 400, `"__type":"UnknownOperationException"`},
		"JSON: a target without an operation": {post("AmazonSSM", "/", "{}"), 400, "UnknownOperationException"},
		"JSON: another content type":          {with(post(list, "/", "{}"), "Content-Type", "text/plain"), 400, "UnknownOperationException"},
		"JSON: no signature":                  {with(post(list, "/", "{}"), "Authorization", ""), 403, "MissingAuthenticationTokenException"},
		"JSON: another method":                {as(post(list, "/", "{}"), http.MethodPut), 405, "UnknownOperationException"},
		"JSON: too long":                      {post(list, "/", long), 413, "RequestEntityTooLargeException"},
		"JSON: no body":                       {post(list, "/", ""), 400, "SerializationException"},
		"JSON: cut off":                       {post(list, "/", `{"cluster":`), 400, "SerializationException"},
		"JSON: two values":                    {post(list, "/", `{}{}`), 400, "SerializationException"},
		"JSON: a list":                        {post(list, "/", `[]`), 400, "LIST_VALUE can not be converted to a structure"},
		"JSON: a number for a string":         {post(list, "/", `{"cluster":1}`), 400, "cluster: NUMBER_VALUE can not be converted to a string"},
		"JSON: a string for a number":         {post(list, "/", `{"maxResults":"1"}`), 400, "maxResults: STRING_VALUE can not be converted to a number"},
		"JSON: a fraction":                    {post(list, "/", `{"maxResults":1.5}`), 400, "not an integer of 32 bits"},
		"JSON: a number that is too large":    {post(list, "/", `{"maxResults":3000000000}`), 400, "not an integer of 32 bits"},
		"JSON: a string for a list":           {post(ecsTarget+"DescribeTasks", "/", `{"tasks":"a"}`), 400, "tasks: STRING_VALUE can not be converted to a list"},
		"JSON: null in a list":                {post(ecsTarget+"DescribeTasks", "/", `{"tasks":[null]}`), 400, "SerializationException"},
		"JSON: a string for a structure":      {post(ecsTarget+"UpdateService", "/", `{"networkConfiguration":"a"}`), 400, "networkConfiguration"},
		"JSON: a document":                    {post(ecsTarget+"UpdateService", "/", `{"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":{}}]}}`), 400, "the sandbox cannot read a document.Interface"},
		"JSON: a boolean that is none":        {post(ssmTarget+"GetParameter", "/", `{"WithDecryption":"yes"}`), 400, "WithDecryption: STRING_VALUE"},
		"JSON: null for a member":             {post(list, "/", `{"cluster":null}`), 200, `{"taskArns":[]}`},
		"JSON: an unknown member":             {post(list, "/", `{"Cluster":1}`), 200, `{"taskArns":[]}`},
		"JSON: a required member is missing":  {post(ssmTarget+"GetParameter", "/", `{}`), 400, `{"Message":"1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null","__type":"ValidationException"}`},
		"JSON: several are missing":           {post(ecsTarget+"UpdateTaskProtection", "/", `{}`), 400, "2 validation errors detected: Value null at 'cluster'"},
		"JSON: a time that is none":           {post(watchTarget+"GetMetricStatistics", "/", `{"StartTime":"noon"}`), 400, `"com.amazonaws.cloudwatch#SerializationException"`},
		"JSON: a time that is too late":       {post(watchTarget+"GetMetricStatistics", "/", `{"StartTime":1e300}`), 400, "is not a time"},

		"form: an unknown operation":         {post("", "/", "Action=Nap"+elbVersion), 400, "<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation Nap for version 2015-12-01"},
		"form: of the old load balancers":    {post("", "/", "Action=DescribeLoadBalancers&Version=2012-06-01"), 400, "<Code>InvalidAction</Code>"},
		"form: without a version":            {post("", "/", "Action=DescribeRules"), 400, "for version NO_VERSION_SPECIFIED"},
		"form: an unknown service":           {with(post("", "/", "Action=GetCallerIdentity&Version=2011-06-15"), "Authorization", signature("sts")), 400, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"},
		"form: a service without queries":    {with(post("", "/", "Action=ListTasks&Version=2014-11-13"), "Authorization", signature("ecs")), 400, "<Code>InvalidAction</Code>"},
		"form: without an action":            {post("", "/", ""), 400, "<Code>MissingAction</Code>"},
		"form: no signature":                 {with(post("", "/", "Action=DescribeRules"+elbVersion), "Authorization", ""), 403, "<Code>MissingAuthenticationToken</Code>"},
		"form: another method":               {as(post("", "/", "Action=DescribeRules"+elbVersion), http.MethodDelete), 405, "<Code>InvalidAction</Code>"},
		"form: too long":                     {post("", "/", long), 413, "<Code>RequestEntityTooLarge</Code>"},
		"form: broken escapes":               {post("", "/", "PageSize=%zz&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedQueryString</Code>"},
		"form: a string for a number":        {post("", "/", "PageSize=many&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: a value and a structure":      {post("", "/", "PageSize=1&PageSize.x=1&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: a structure for a string":     {post("", "/", "ListenerArn.x=1&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: a list without members":       {post("", "/", "RuleArns.1=a&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: an index that is none":        {post("", "/", "RuleArns.member.x=a&Action=DescribeRules"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: a boolean that is none":       {post("", "/", "RuleArn=a&ResetTransforms=yes&Action=ModifyRule"+elbVersion), 400, "<Code>MalformedInput</Code>"},
		"form: a huge index":                 {post("", "/", "RuleArns.member.999999999=a&Action=DescribeRules"+elbVersion), 200, "<DescribeRulesResult><Rules></Rules></DescribeRulesResult>"},
		"form: an empty list":                {post("", "/", "RuleArns=&Action=DescribeRules"+elbVersion), 200, "<DescribeRulesResponse "},
		"form: a required member is missing": {post("", "/", "Action=ModifyRule"+elbVersion), 400, "<Code>ValidationError</Code><Message>1 validation error detected: Value null at &#39;ruleArn&#39;"},
		"form: by GET":                       {get("/?Action=DescribeRules" + elbVersion), 200, "<DescribeRulesResponse "},
		"form: signed in the address":        {with(get("/?Action=DescribeRules&X-Amz-Signature=0"+elbVersion), "Authorization", ""), 200, "<DescribeRulesResponse "},
		"form: CloudWatch":                   {with(post("", "/", "Action=GetMetricStatistics&Version=2010-08-01"), "Authorization", signature("monitoring")), 400, "<Code>MissingParameter</Code><Message>The parameter Namespace is required.</Message>"},

		"form: a time without a zone": {watch("StartTime=2026-01-01T00:00:00"), 200, "<Datapoints>"},
		"form: a day":                 {watch("StartTime=2026-01-01"), 200, "<Datapoints>"},
		"form: a time that is none":   {watch("StartTime=noon"), 400, "<Code>MalformedInput</Code>"},

		"CBOR: an unknown operation": {post("", watchPath+"Nap", encoded(cbor.Map{})), 404, "UnknownOperationException"},
		"CBOR: an unknown service":   {post("", "/service/Nap/operation/GetMetricStatistics", ""), 404, "UnknownOperationException"},
		"CBOR: a service without it": {post("", "/service/AmazonSSM/operation/GetParameter", ""), 404, "UnknownOperationException"},
		"CBOR: an odd path":          {post("", "/service/a", ""), 404, "UnknownOperationException"},
		"CBOR: another protocol":     {with(post("", watchPath+"GetMetricStatistics", ""), "Smithy-Protocol", "rpc-v2-json"), 404, "UnknownOperationException"},
		"CBOR: no signature":         {with(post("", watchPath+"GetMetricStatistics", ""), "Authorization", ""), 403, "MissingAuthenticationTokenException"},
		"CBOR: another method":       {as(post("", watchPath+"GetMetricStatistics", ""), http.MethodGet), 405, "UnknownOperationException"},
		"CBOR: too long":             {post("", watchPath+"GetMetricStatistics", long), 413, "RequestEntityTooLargeException"},
		"CBOR: no body":              {post("", watchPath+"GetMetricStatistics", ""), 400, "The parameter Namespace is required."},
		"CBOR: cut off":              {post("", watchPath+"GetMetricStatistics", "\xa1\x61"), 400, "SerializationException"},
		"CBOR: JSON":                 {post("", watchPath+"GetMetricStatistics", "{}"), 400, "SerializationException"},
		"CBOR: a number":             {post("", watchPath+"GetMetricStatistics", "\x01"), 400, "can not be converted to a structure"},
		"CBOR: an untagged time":     {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"StartTime": cbor.Uint(1)})), 400, "can not be converted to a time"},
		"CBOR: a time of text":       {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"StartTime": &cbor.Tag{ID: 1, Value: cbor.String("")}})), 400, "is not a time"},
		"CBOR: a fraction":           {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"Period": cbor.Float64(1.5)})), 400, "SerializationException"},
		"CBOR: a large number":       {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"Period": cbor.Uint(1 << 40)})), 400, "not an integer of 32 bits"},
		"CBOR: null in a list":       {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"Statistics": cbor.List{&cbor.Nil{}}})), 400, "SerializationException"},
		"CBOR: null for a member":    {post("", watchPath+"GetMetricStatistics", encoded(cbor.Map{"Period": &cbor.Nil{}})), 400, "The parameter Namespace is required."},
		"CBOR: nested too deep":      {post("", watchPath+"GetMetricStatistics", strings.Repeat("\x81", 1000)), 400, "SerializationException"},

		"REST: an unknown path":              {get("/schedules/a/b"), 404, "UnknownOperationException"},
		"REST: a name that is empty":         {get("/schedules/"), 404, "UnknownOperationException"},
		"REST: another method":               {as(get("/schedules"), http.MethodPatch), 404, "UnknownOperationException"},
		"REST: a number that is none":        {get("/schedules?MaxResults=many"), 400, "not an integer of 32 bits"},
		"REST: a query that nobody knows":    {get("/schedules?x=1"), 200, `{"Schedules":[]}`},
		"REST: no signature":                 {with(get("/schedules"), "Authorization", ""), 403, "Missing Authentication Token"},
		"REST: cut off":                      {post("", "/schedules/a", `{"Target":`), 400, "the body is not JSON"},
		"REST: a list":                       {post("", "/schedules/a", `[]`), 400, "LIST_VALUE can not be converted to a structure"},
		"REST: a required member is missing": {post("", "/schedules/a", `{}`), 400, "Value null at 'scheduleExpression'"},
		"REST: the name in the body as well": {post("", "/schedule-groups/a", `{"Name":1}`), 200, "{}"},

		"a REST service": {get("/2015-03-31/functions/"), 404, "UnknownOperationException"},
		"a bucket":       {with(get("/"), "Authorization", signature("s3")), 400, "<Code>MissingAction</Code>"},
		"a look":         {with(get("/"), "Authorization", ""), 200, "AWS_ENDPOINT_URL"},
		"a probe":        {as(with(get("/"), "Authorization", ""), http.MethodHead), 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			answer := answered(t, test.r)
			if answer.status != test.status || !strings.Contains(answer.body, test.want) {
				t.Errorf("got %d %s\nwant %d %s", answer.status, answer.body, test.status, test.want)
			}
		})
	}
}

// watch asks CloudWatch for a metric, by a form, from a time on.
func watch(start string) *http.Request {
	r := post("", "/", "Action=GetMetricStatistics&Version=2010-08-01&Namespace=a&MetricName=b&Period=60&"+
		"EndTime=2026-01-02T00:00:00%2B01:00&"+start)
	return with(r, "Authorization", signature("monitoring"))
}

// catalogue knows the types of all operations.
var catalogue = within(&awsapi.Backplane{}, wire.Cores{
	ECS: empty{}, ELB: empty{}, CloudWatch: empty{}, SSM: empty{}, Scheduler: empty{}, AutoScaling: empty{},
})

// empty is a core that answers each operation with an output without members.
type empty struct{}

func (empty) Handle(_ context.Context, input any) (any, error) {
	for key, operations := range supported {
		for _, operation := range operations {
			if catalogue.input(key, operation).Type() == reflect.TypeOf(input) {
				return catalogue.output(key, operation).Interface(), nil
			}
		}
	}
	return nil, awsapi.Unknown(input)
}

type answer struct {
	status int
	header http.Header
	body   string
}

// answered is the answer of a front whose cores know nothing.
func answered(t testing.TB, r *http.Request) answer {
	t.Helper()
	core := empty{}
	recorder := httptest.NewRecorder()
	cores := wire.Cores{ECS: core, ELB: core, CloudWatch: core, SSM: core, Scheduler: core, AutoScaling: core}
	wire.New(&awsapi.Backplane{}, cores).ServeHTTP(recorder, r)
	response := recorder.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if length := response.Header.Get("Content-Length"); length != "" && length != fmt.Sprint(len(body)) {
		t.Errorf("Content-Length is %s of %d", length, len(body))
	}
	return answer{response.StatusCode, response.Header, string(body)}
}
