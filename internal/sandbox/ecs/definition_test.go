package ecs

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// [ECS-26]
func TestTaskDefinition(t *testing.T) {
	bubble(t, Options{}, 0, func(w *world) {
		w.create(Service{Cluster: cluster, Name: "large", App: w.app, CPU: 1024, MemoryMiB: 2048, ARM: true})
		out := must(w, call(w, w.client.DescribeServices, &sdk.DescribeServicesInput{
			Cluster: aws.String(cluster), Services: []string{"large"},
		}))
		arn := *out.Services[0].TaskDefinition
		for _, name := range []string{arn, "large", "large:1"} {
			got := must(w, call(w, w.client.DescribeTaskDefinition, &sdk.DescribeTaskDefinitionInput{
				TaskDefinition: &name,
			})).TaskDefinition
			if *got.Cpu != "1024" || *got.Memory != "2048" || *got.TaskDefinitionArn != arn ||
				got.RuntimePlatform.CpuArchitecture != types.CPUArchitectureArm64 {
				t.Errorf("%s is %+v", name, got)
			}
		}
		_, err := w.client.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{
			TaskDefinition: aws.String("large:2"),
		})
		if _, ok := errors.AsType[*types.ClientException](err); !ok {
			t.Errorf("an unknown one: %v", err)
		}
	})
}
