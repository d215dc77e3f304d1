package autoscaling_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/autoscaling"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// services is an ECS with services web and api, by their desired counts.
type services map[string]int32

func (s services) Handle(_ context.Context, input any) (any, error) {
	switch in := input.(type) {
	case *ecs.DescribeServicesInput:
		out := &ecs.DescribeServicesOutput{}
		if desired, ok := s[in.Services[0]]; ok {
			out.Services = []ecstypes.Service{{DesiredCount: desired}}
		}
		return out, nil
	case *ecs.UpdateServiceInput:
		s[*in.Service] = *in.DesiredCount
		return &ecs.UpdateServiceOutput{}, nil
	}
	return nil, awsapi.Unknown(input)
}

func client(s services) *sdk.Client {
	attach := (&awsapi.Backplane{}).Attach(&autoscaling.AutoScaling{ECS: s})
	return sdk.New(sdk.Options{Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{attach}})
}

func target(service string, bounds ...int32) *sdk.RegisterScalableTargetInput {
	in := &sdk.RegisterScalableTargetInput{
		ServiceNamespace: types.ServiceNamespaceEcs, ResourceId: aws.String("service/shop/" + service),
		ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
	}
	if len(bounds) == 2 {
		in.MinCapacity, in.MaxCapacity = &bounds[0], &bounds[1]
	}
	return in
}

func describe(t *testing.T, c *sdk.Client, in sdk.DescribeScalableTargetsInput) []types.ScalableTarget {
	t.Helper()
	in.ServiceNamespace = types.ServiceNamespaceEcs
	var all []types.ScalableTarget
	for pages := sdk.NewDescribeScalableTargetsPaginator(c, &in); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.ScalableTargets...)
	}
	return all
}

// TestRegisterAndChange [AAS-01].
func TestRegisterAndChange(t *testing.T) {
	c := client(services{"web": 1, "api": 1})
	for _, in := range []*sdk.RegisterScalableTargetInput{target("web", 0, 10), target("api", 1, 2)} {
		if _, err := c.RegisterScalableTarget(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	change := target("web")
	change.MaxCapacity = aws.Int32(4)
	if _, err := c.RegisterScalableTarget(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	all := describe(t, c, sdk.DescribeScalableTargetsInput{MaxResults: aws.Int32(1)})
	if len(all) != 2 || *all[0].ResourceId != "service/shop/api" || *all[1].MinCapacity != 0 || *all[1].MaxCapacity != 4 {
		t.Errorf("got %+v", all)
	}
	one := sdk.DescribeScalableTargetsInput{ResourceIds: []string{"service/shop/api", "service/shop/none"}}
	if all := describe(t, c, one); len(all) != 1 || *all[0].MinCapacity != 1 {
		t.Errorf("got %+v", all)
	}
	in := &sdk.DeregisterScalableTargetInput{
		ServiceNamespace: change.ServiceNamespace, ResourceId: change.ResourceId, ScalableDimension: change.ScalableDimension,
	}
	if _, err := c.DeregisterScalableTarget(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if all := describe(t, c, sdk.DescribeScalableTargetsInput{}); len(all) != 1 {
		t.Errorf("got %+v", all)
	}
	if _, err := c.DeregisterScalableTarget(t.Context(), in); code(err) != "ObjectNotFoundException" {
		t.Errorf("got %v", err)
	}
}

// TestRegistrationSnaps [AAS-02].
func TestRegistrationSnaps(t *testing.T) {
	for _, test := range []struct{ desired, least, most, want int32 }{
		{0, 1, 10, 1}, {0, 0, 10, 0}, {5, 0, 3, 3}, {2, 0, 3, 2},
	} {
		s := services{"web": test.desired}
		if _, err := client(s).RegisterScalableTarget(t.Context(), target("web", test.least, test.most)); err != nil {
			t.Fatal(err)
		}
		if s["web"] != test.want {
			t.Errorf("%+v: got %d", test, s["web"])
		}
	}
	s := services{"web": 1}
	c := client(s)
	if _, err := c.RegisterScalableTarget(t.Context(), target("web", 1, 3)); err != nil {
		t.Fatal(err)
	}
	s["web"] = 0
	suspend := target("web")
	suspend.SuspendedState = &types.SuspendedState{DynamicScalingInSuspended: aws.Bool(true)}
	if _, err := c.RegisterScalableTarget(t.Context(), suspend); err != nil || s["web"] != 1 {
		t.Errorf("a suspension: %v, and the desired count is %d", err, s["web"])
	}
}

func TestRefused(t *testing.T) {
	c := client(services{"web": 1})
	for name, change := range map[string]func(in *sdk.RegisterScalableTargetInput){
		"no bounds": func(in *sdk.RegisterScalableTargetInput) { in.MinCapacity = nil },
		"reversed":  func(in *sdk.RegisterScalableTargetInput) { in.MinCapacity = aws.Int32(9) },
		"negative":  func(in *sdk.RegisterScalableTargetInput) { in.MinCapacity = aws.Int32(-1) },
		"unknown":   func(in *sdk.RegisterScalableTargetInput) { in.ResourceId = aws.String("service/shop/none") },
		"resource":  func(in *sdk.RegisterScalableTargetInput) { in.ResourceId = aws.String("web") },
		"namespace": func(in *sdk.RegisterScalableTargetInput) { in.ServiceNamespace = types.ServiceNamespaceLambda },
	} {
		in := target("web", 0, 3)
		change(in)
		if _, err := c.RegisterScalableTarget(t.Context(), in); code(err) != "ValidationException" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := c.DescribeScalableTargets(t.Context(), &sdk.DescribeScalableTargetsInput{
		ServiceNamespace: types.ServiceNamespaceEcs, NextToken: aws.String("next"),
	})
	if code(err) != "InvalidNextTokenException" {
		t.Errorf("got %v", err)
	}
	_, err = c.DescribeScalingPolicies(t.Context(), &sdk.DescribeScalingPoliciesInput{
		ServiceNamespace: types.ServiceNamespaceEcs,
	})
	if code(err) != "UnknownOperationException" {
		t.Errorf("got %v", err)
	}
}

func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return "none"
}
