package deployment_test

import (
	"os"
	"testing"

	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
)

// BenchmarkTemplate is what reading template.yaml costs each sandbox that deploys it.
func BenchmarkTemplate(b *testing.B) {
	source, err := os.ReadFile("../../../template.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, err := deployment.FromTemplate(deployment.Template{Source: source, Values: beside()}, balancer(), host)
		if err != nil {
			b.Fatal(err)
		}
	}
}
