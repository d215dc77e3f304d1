package webapp

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
)

// validation is asked by CDK when the tree is complete, and fails the synthesis with all that it returns. It looks at
// what the environment's file and the compose file say together; each alone has been checked before.
type validation struct{ site }

var siteName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,23}[a-zA-Z0-9])?$`)

// Validate returns a line for every problem.
func (v *validation) Validate() *[]*string {
	var problems []*string
	check := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, new(fmt.Sprintf(format, args...)))
		}
	}
	check(siteName.MatchString(v.Site()), "site: %q must be 1 to 25 letters, digits and hyphens, without a hyphen at "+
		"either end: it is made of the compose project's name and the environment's unless you set it", v.Site())
	if v.mode().OnEC2() {
		check(v.Environment.EC2.Rule == "", "ec2.rule: %q must be left out, with ec2.target_group: in the mode %s the stack "+
			"has a machine of its own", v.Environment.EC2.Rule, v.mode())
		kind := v.Environment.EC2.InstanceType
		built := processors[awsec2.NewInstanceType(&kind).Architecture()]
		check(built == v.Task.Architecture, "ec2.instance_type: %q has the processor %s, must have %s: the compose file's "+
			"images are for that", kind, built, v.Task.Architecture)
	}
	return &problems
}

var processors = map[awsec2.InstanceArchitecture]string{
	awsec2.InstanceArchitecture_X86_64: "X86_64",
	awsec2.InstanceArchitecture_ARM_64: "ARM64",
}
