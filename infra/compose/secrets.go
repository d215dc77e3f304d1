package compose

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// The extensions that say where a secret is kept.
//
// In a service, x-aws-secrets maps variables to "ssm:<parameter>" or "secretsmanager:<secret>[:<key>]". At the top, a
// secret that services use has x-aws-ssm: <parameter> or x-aws-secretsmanager: <secret>[:<key>]. Instead of a name
// there may be an ARN, for what is in another Region or account.
const (
	hidden             = ours + "secrets"
	fromSSM            = ours + "ssm"
	fromSecretsManager = ours + "secretsmanager"
)

// secretFiles is where Docker Compose puts secrets. ECS has them as variables only.
const secretFiles = "/run/secrets/"

var (
	variableName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	parameterName = regexp.MustCompile(`^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	secretName    = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	secretKey     = regexp.MustCompile(`^[^:\s]*$`)
	parameterARN  = regexp.MustCompile(`^arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+$`)
	// A secret's ARN may have its key behind it, as a name may.
	secretARN = regexp.MustCompile(
		`^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+)(?::(.*))?$`)
)

// secrets are ordered by variable.
func (c *conversion) secrets(s types.ServiceConfig) []Secret {
	found := map[string]Secret{}
	add := func(p path, secret Secret, ok bool) {
		if _, twice := found[secret.Variable]; ok && c.once(!twice, p, secret.Variable) {
			found[secret.Variable] = secret
		}
	}
	for i, use := range s.Secrets {
		p := c.item(at("services", s.Name, "secrets"), i, len(s.Secrets), use.Source)
		secret, ok := c.declared(p, use)
		add(p, secret, ok)
	}
	p := at("services", s.Name, hidden)
	given, isMap := s.Extensions[hidden].(map[string]any)
	if s.Extensions[hidden] != nil && !isMap {
		c.refuse(p, "must be a mapping of variables to ssm:<parameter> or secretsmanager:<secret>")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		secret, ok := c.written(p.to(name), name, given[name])
		add(p.to(name), secret, ok)
	}
	var result []Secret
	for _, name := range slices.Sorted(maps.Keys(found)) {
		result = append(result, found[name])
	}
	return result
}

func (c *conversion) once(ok bool, p path, name string) bool {
	if !ok {
		c.add(p, "must be left out: "+name+" is another secret already")
	}
	return ok
}

// written reads what x-aws-secrets has for a variable.
func (c *conversion) written(p path, name string, value any) (Secret, bool) {
	text, _ := value.(string)
	prefix, rest, _ := strings.Cut(text, ":")
	var secret Secret
	ok := false
	switch {
	case prefix == string(StoreSSM):
		secret, ok = parameter(rest)
	case prefix == string(StoreSecretsManager):
		secret, ok = managed(rest)
	case parameterARN.MatchString(text):
		secret, ok = parameter(text)
	case secretARN.MatchString(text):
		secret, ok = managed(text)
	}
	secret.Variable = name
	if !variableName.MatchString(name) {
		c.add(p, "must be the name of a variable: letters, digits and underscores")
		return secret, false
	}
	return secret, c.check(ok, p, "must be ssm:<parameter>, secretsmanager:<secret> or secretsmanager:<secret>:<key>")
}

// parameter reads the name or ARN of an SSM parameter.
func parameter(text string) (Secret, bool) {
	return Secret{Store: StoreSSM, ID: text}, parameterName.MatchString(text) || parameterARN.MatchString(text)
}

// managed reads the name or ARN of a secret, and perhaps a key.
func managed(text string) (Secret, bool) {
	if m := secretARN.FindStringSubmatch(text); m != nil {
		return Secret{Store: StoreSecretsManager, ID: m[1], Key: m[2]}, secretKey.MatchString(m[2])
	}
	name, key, _ := strings.Cut(text, ":")
	secret := Secret{Store: StoreSecretsManager, ID: name, Key: key}
	return secret, secretName.MatchString(name) && secretKey.MatchString(key)
}

// declared reads a secret that a service uses by its name at the top.
func (c *conversion) declared(p path, use types.ServiceSecretConfig) (Secret, bool) {
	top := at("secrets", use.Source)
	declaration, there := c.project.Secrets[use.Source]
	if !there {
		c.add(p, quote(use.Source)+" must be one of secrets")
		return Secret{}, false
	}
	c.checkExtensions(top, declaration.Extensions, fromSSM, fromSecretsManager)
	secret, ok := c.kept(top, use.Source, declaration)
	if !ok {
		return Secret{}, false
	}
	secret.Variable = use.Target
	if use.Target == "" || use.Target == secretFiles+use.Source {
		secret.Variable = variableOf(use.Source)
	}
	if !variableName.MatchString(secret.Variable) {
		c.add(p, "target "+quote(secret.Variable)+" must be a variable's name: on AWS a secret is a variable and no file")
		return Secret{}, false
	}
	c.note(p, "is the variable "+secret.Variable+": on AWS there is no file in "+secretFiles)
	return secret, true
}

// variableOf is how variables are usually written: db-password becomes DB_PASSWORD.
func variableOf(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
}

// kept reads where a secret at the top is kept on AWS. Its file or variable may be there too: it is for other places.
func (c *conversion) kept(top path, name string, declaration types.SecretConfig) (Secret, bool) {
	ssm, inSSM := declaration.Extensions[fromSSM]
	manager, inManager := declaration.Extensions[fromSecretsManager]
	switch {
	case inSSM && inManager:
		c.add(top, "must have "+fromSSM+" or "+fromSecretsManager+" and not both")
		return Secret{}, false
	case inSSM:
		text, _ := ssm.(string)
		secret, ok := parameter(text)
		return secret, c.check(ok, top.to(fromSSM), "must be the name of a parameter, like /shop/db-password")
	case inManager:
		text, _ := manager.(string)
		secret, ok := managed(text)
		return secret, c.check(ok, top.to(fromSecretsManager), "must be the name of a secret, perhaps with :<key>")
	default:
		c.add(top, "must say where "+quote(name)+" is kept on AWS, with "+fromSSM+": /path or "+fromSecretsManager+": name; "+
			"a file stays on this computer")
		return Secret{}, false
	}
}
