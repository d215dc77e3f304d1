package ec2

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed setup.sh
var setUpScript string

// setUp is what the machine does once, as root, when it is new: the script with its values. It ends with the
// application answering, or fails, and the machine says so to CloudFormation. The script was read by bash, and not yet
// run on AWS.
func (m *machine) setUp() string {
	more := ""
	if len(m.repositories()) > 0 {
		more = "amazon-ecr-credential-helper"
	}
	return strings.NewReplacer(
		"@MORE@", more,
		"@BUCKET@", *m.bundle.S3BucketName(),
		"@KEY@", *m.bundle.S3ObjectKey(),
		"@REGION@", *m.stack.Region(),
		"@URL@", inShell("http://127.0.0.1:"+strconv.Itoa(Port(m.Settings, m.Task))+m.Health),
		"@MINUTES@", strconv.Itoa(startTimeout-2), // the rest is for what comes before
	).Replace(setUpScript)
}
