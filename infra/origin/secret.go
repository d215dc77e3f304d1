package origin

import (
	"strings"

	"github.com/catnap-dev/catnap/infra/compose"
)

// Place is a partition, Region and account: the stack's.
type Place struct{ Partition, Region, Account string }

// SecretARN is that of the parameter or secret, for a policy. A secret that is known by its name has six characters
// more in its ARN, which only AWS knows.
func (p Place) SecretARN(s compose.Secret) string {
	arn := p.secret(s)
	if s.Store == compose.StoreSecretsManager && !isARN(s) {
		arn += "-??????"
	}
	return arn
}

// ValueFrom is how ECS is told of it: by the ARN, and of one value in a secret by its key. The version's stage and the
// version stay open.
func (p Place) ValueFrom(s compose.Secret) string {
	if s.Key != "" {
		return p.secret(s) + ":" + s.Key + "::"
	}
	return p.secret(s)
}

func (p Place) secret(s compose.Secret) string {
	switch {
	case isARN(s):
		return s.ID
	case s.Store == compose.StoreSSM:
		return p.arn("ssm") + "parameter/" + strings.TrimPrefix(s.ID, "/")
	default:
		return p.arn("secretsmanager") + "secret:" + s.ID
	}
}

func isARN(s compose.Secret) bool { return strings.HasPrefix(s.ID, "arn:") }

func (p Place) arn(service string) string {
	return "arn:" + p.Partition + ":" + service + ":" + p.Region + ":" + p.Account + ":"
}
