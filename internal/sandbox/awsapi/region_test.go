package awsapi_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// where is a core that keeps the Regions for which its calls were meant.
type where []string

func (w *where) Handle(ctx context.Context, _ any) (any, error) {
	*w = append(*w, awsapi.Region(ctx))
	return &ssm.GetParameterOutput{}, nil
}

// A client tells its Region, and a call that came over the wire the one of its signature.
func TestRegionOfACall(t *testing.T) {
	var backplane awsapi.Backplane
	for _, test := range []struct{ client, signature, want string }{
		{"eu-west-3", "", "eu-west-3"},
		{"us-east-1", "", "us-east-1"},
		{"us-east-1", "eu-west-3", "eu-west-3"},
		{"", "us-east-1", "us-east-1"},
		{"", "", ""},
	} {
		var core where
		client := ssm.New(ssm.Options{
			Region: test.client, APIOptions: []func(*middleware.Stack) error{backplane.Attach(&core)},
		})
		ctx := awsapi.WithRegion(t.Context(), test.signature)
		if _, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: new("a")}); err != nil {
			t.Fatal(err)
		}
		if len(core) != 1 || core[0] != test.want {
			t.Errorf("client of %q, signature for %q: got %q, want %q", test.client, test.signature, core, test.want)
		}
	}
}
