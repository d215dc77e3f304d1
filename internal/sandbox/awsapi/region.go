package awsapi

import (
	"context"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
)

type regionKey struct{}

// WithRegion says for which Region the calls are meant that have this context, whatever their clients say. It is for
// calls that came over a wire, where the signature tells.
func WithRegion(ctx context.Context, region string) context.Context {
	return context.WithValue(ctx, regionKey{}, region)
}

// Region is where a call is meant to be answered: by WithRegion, or else by its client's own Region. It is empty if
// nobody said.
func Region(ctx context.Context) string {
	if region, ok := ctx.Value(regionKey{}).(string); ok && region != "" {
		return region
	}
	return awsmiddleware.GetRegion(ctx)
}
