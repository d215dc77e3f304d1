package origin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/compose"
)

func TestSecrets(t *testing.T) {
	here := Place{"aws", "eu-west-3", "123456789012"}
	other := "arn:aws:ssm:eu-west-1:123456789012:parameter/two"
	known := "arn:aws:secretsmanager:eu-west-3:123456789012:secret:four-abcdef"
	for name, tc := range map[string]struct {
		secret    compose.Secret
		arn, from string
	}{
		"parameter": {
			compose.Secret{Store: compose.StoreSSM, ID: "/shop/one"},
			"arn:aws:ssm:eu-west-3:123456789012:parameter/shop/one", "arn:aws:ssm:eu-west-3:123456789012:parameter/shop/one",
		},
		"parameter without a slash": {
			compose.Secret{Store: compose.StoreSSM, ID: "one"},
			"arn:aws:ssm:eu-west-3:123456789012:parameter/one", "arn:aws:ssm:eu-west-3:123456789012:parameter/one",
		},
		"parameter elsewhere": {compose.Secret{Store: compose.StoreSSM, ID: other}, other, other},
		"secret": {
			compose.Secret{Store: compose.StoreSecretsManager, ID: "three", Key: "password"},
			"arn:aws:secretsmanager:eu-west-3:123456789012:secret:three-??????",
			"arn:aws:secretsmanager:eu-west-3:123456789012:secret:three:password::",
		},
		"secret's ARN": {compose.Secret{Store: compose.StoreSecretsManager, ID: known}, known, known},
	} {
		t.Run(name, func(t *testing.T) {
			if got := here.SecretARN(tc.secret); got != tc.arn {
				t.Errorf("ARN %s, want %s", got, tc.arn)
			}
			if got := here.ValueFrom(tc.secret); got != tc.from {
				t.Errorf("value from %s, want %s", got, tc.from)
			}
		})
	}
}

func TestParseECR(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	registry := "123456789012.dkr.ecr.eu-west-3.amazonaws.com"
	for image, want := range map[string]Repository{
		registry + "/shop:1.2":       {"123456789012", "eu-west-3", "shop", "1.2"},
		registry + "/team/shop":      {"123456789012", "eu-west-3", "team/shop", "latest"},
		registry + "/shop@" + digest: {"123456789012", "eu-west-3", "shop", digest},
		"caddy:alpine":               {},
		"ghcr.io/shop/web:1":         {},
		"public.ecr.aws/nginx/nginx": {},
		registry + "/shop:1@" + "x":  {},
		"x" + registry + "/shop":     {},
	} {
		got, ok := ParseECR(image)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != Repository{}) {
			t.Errorf("%s: %v (-want +got):\n%s", image, ok, diff)
		}
	}
	got, _ := ParseECR(registry + "/team/shop:1")
	if got.ARN("aws") != "arn:aws:ecr:eu-west-3:123456789012:repository/team/shop" || got.Registry() != registry {
		t.Errorf("ARN %s, registry %s", got.ARN("aws"), got.Registry())
	}
}
