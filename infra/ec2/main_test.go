package ec2

import (
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// TestMain ends the process in which the CDK runs, which would otherwise leave its files behind.
func TestMain(m *testing.M) {
	m.Run()
	jsii.Close()
}
