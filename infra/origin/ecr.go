// Package origin is where a task's images and secrets come from, as far as a role has to know. It asks AWS nothing.
package origin

import "regexp"

// Repository is one of ECR's, and a tag or digest of it.
type Repository struct{ Account, Region, Name, Tag string }

var ecrImage = regexp.MustCompile(
	`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+?)(?::([^:@]+)|@(sha256:[0-9a-f]{64}))?$`)

// ParseECR reads the name of an image, and returns false for one of another registry.
func ParseECR(image string) (Repository, bool) {
	parts := ecrImage.FindStringSubmatch(image)
	if parts == nil {
		return Repository{}, false
	}
	tag := parts[4] + parts[5]
	if tag == "" {
		tag = "latest"
	}
	return Repository{Account: parts[1], Region: parts[2], Name: parts[3], Tag: tag}, true
}

// Registry is the host name.
func (r Repository) Registry() string { return r.Account + ".dkr.ecr." + r.Region + ".amazonaws.com" }

// ARN is the repository's, in a partition like "aws".
func (r Repository) ARN(partition string) string {
	return "arn:" + partition + ":ecr:" + r.Region + ":" + r.Account + ":repository/" + r.Name
}
