package compose

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

// environment has the variables of env_file, too: ECS would read such files from S3 only. What is a secret is left out,
// since ECS refuses a variable with two values.
func (c *conversion) environment(s types.ServiceConfig, secrets []Secret) map[string]string {
	if !c.checkFiles(s) {
		return nil
	}
	one := *c.project
	one.Services = types.Services{s.Name: s}
	resolved, err := one.WithServicesEnvironmentResolved(true)
	if err != nil {
		c.refuse(at("services", s.Name, "env_file"), "cannot be used: "+innermost(err).Error())
		return nil
	}
	given := resolved.Services[s.Name].Environment
	result := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if c.isPlain(s, name, given[name], secrets) {
			result[name] = *given[name]
		}
	}
	return result
}

// checkFiles tells whether all files that must be there are, with all variables that they need.
func (c *conversion) checkFiles(s types.ServiceConfig) bool {
	before := len(c.problems)
	for i, file := range s.EnvFiles {
		p := c.item(at("services", s.Name, "env_file"), i, len(s.EnvFiles), filepath.Base(file.Path))
		text, err := os.ReadFile(file.Path)
		if errors.Is(err, fs.ErrNotExist) && !bool(file.Required) {
			continue
		}
		if err != nil {
			c.refuse(p, "cannot be read: "+reason(err))
			continue
		}
		if need := mustBeSet(unsetIn(string(text), c.project.Environment, s.Environment.ToMapping())); need != "" {
			c.refuse(p, need)
		}
	}
	return len(c.problems) == before
}

// unsetIn are the variables that a file of variables needs and neither has itself nor finds in others.
func unsetIn(text string, others ...map[string]string) []string {
	var asked []string
	// What is wrong with the file is said by who reads it for its values.
	own, _ := dotenv.UnmarshalWithLookup(text, func(name string) (string, bool) {
		for _, other := range others {
			if value, ok := other[name]; ok {
				return value, true
			}
		}
		asked = append(asked, name)
		return "", true // or the library would warn on the terminal
	})
	plain := plainVariables(text)
	return slices.DeleteFunc(distinct(asked), func(name string) bool {
		_, there := own[name]
		return there || !slices.Contains(plain, name)
	})
}

// secretive are names whose values should not be readable in a task definition.
var secretive = regexp.MustCompile(`(?i)(password|passwd|secret|token|api_?key|private_?key)$`)

// isPlain tells whether a variable goes into the task definition as it is.
func (c *conversion) isPlain(s types.ServiceConfig, name string, value *string, secrets []Secret) bool {
	p := c.variablePath(s.Name, name)
	isSecret := slices.ContainsFunc(secrets, func(secret Secret) bool { return secret.Variable == name })
	switch {
	case isSecret && value != nil:
		c.note(p, "is left out: "+name+" is a secret on AWS, and this value is for elsewhere")
		return false
	case isSecret:
		return false
	case value == nil:
		c.note(p, "is left out: "+name+" is not set in the environment or in .env")
		return false
	case strings.Contains(*value, secretFiles) && len(s.Secrets) > 0:
		c.add(p, name+" must not name a file in "+secretFiles+": on AWS a secret is a variable; read that")
	case secretive.MatchString(name) && *value != "":
		c.note(p, name+" can be read by whoever may see the task definition: "+hidden+" keeps it out")
	}
	return true
}
