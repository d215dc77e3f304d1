// Package nag tells cdk-nag, where that library looks for it, why one of its rules does not fit a resource. It is no
// more than metadata: nobody needs the library to use what carries it.
package nag

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Excuse gives the reason for which a rule, "AwsSolutions-SQS3" for instance, does not fit a resource.
func Excuse(resource awscdk.CfnResource, rule, reason string) {
	nag, _ := resource.GetMetadata(new("cdk_nag")).(map[string]any)
	rules, _ := nag["rules_to_suppress"].([]any)
	rules = append(rules, map[string]any{"id": rule, "reason": reason})
	resource.AddMetadata(new("cdk_nag"), map[string]any{"rules_to_suppress": rules})
}

// ExcuseL2 does so for the resource behind a construct, which has just one of its own.
func ExcuseL2(construct constructs.IConstruct, rule, reason string) {
	resource, ok := construct.Node().DefaultChild().(awscdk.CfnResource)
	if !ok {
		panic("excuse " + *construct.Node().Path() + ": it has no resource of its own")
	}
	Excuse(resource, rule, reason)
}
