package alb

import (
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func (w *world) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: w.net.DialContext, DisableKeepAlives: true}}
}

func (w *world) get(path string) answer {
	w.t.Helper()
	return w.do(w.request(path))
}

func (w *world) do(request *http.Request) answer {
	w.t.Helper()
	response, err := w.client().Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func (w *world) expectBody(path, want string) {
	w.t.Helper()
	if got := w.get(path); got.body != want {
		w.t.Errorf("GET %s = %d %q, want %q", path, got.status, got.body, want)
	}
}

func call[Out any](w *world, input any) Out {
	w.t.Helper()
	out, err := w.lb.Handle(w.t.Context(), input)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.(Out)
}

func path(values ...string) types.RuleCondition {
	return types.RuleCondition{
		Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values},
	}
}

func host(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("host-header"), Values: values}
}

func header(name string, values ...string) types.RuleCondition {
	config := &types.HttpHeaderConditionConfig{HttpHeaderName: aws.String(name), Values: values}
	return types.RuleCondition{Field: aws.String("http-header"), HttpHeaderConfig: config}
}

func (w *world) request(path string) *http.Request {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://"+listener+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return request
}

func (c rulesClient) DescribeRules(ctx context.Context, in *elb.DescribeRulesInput, _ ...func(*elb.Options)) (*elb.DescribeRulesOutput, error) {
	out, err := c.w.lb.Handle(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.(*elb.DescribeRulesOutput), nil
}
