package provision

import (
	"path/filepath"
	"regexp"
	"strings"
)

// CDK is the CDK CLI by its package's name and version, from npm. It must know the version of the manifest that the
// app's CDK library writes, 54 at present: an older CLI says that it does not. Versions of the two do not run alike.
const CDK = "aws-cdk@2.1148.1"

// The names of the steps.
const (
	build      = "build"
	synthesise = "synthesise"
	diff       = "diff"
	bootstrap  = "bootstrap"
	deploy     = "deploy"
	destroy    = "destroy"
)

// Step is one command.
type Step struct {
	Name string
	// Folder is where it runs, an absolute path.
	Folder string
	// Environment is added to the caller's own: "AWS_PROFILE=live".
	Environment []string
	// Command is the program and its arguments.
	Command []string
	// Changes tells that something at AWS is changed. The others write on this computer only.
	Changes bool
}

// Plan is what carries an order out, in its order. The app is synthesised once, and what was shown is what is deployed.
func Plan(o Order) []Step {
	steps := []Step{
		// What `make build` runs.
		{Name: build, Folder: o.Project.root(), Command: []string{"go", "run", "./cmd/pack"}},
		o.cdk(synthesise, append([]string{"synth", "--quiet", "--output", o.Project.relative(o.assembly())}, o.context()...)),
	}
	if o.Destroy {
		return append(steps, o.changes(destroy, "destroy", "--all", "--force"))
	}
	// A change set would tell of replacements more exactly, but is something made at AWS before anybody was asked.
	steps = append(steps, o.cdk(diff, o.fromAssembly("diff", "--method", "template")))
	if o.Bootstrap { // of all accounts and Regions that the stacks are in: us-east-1 too, if the bill is watched there
		steps = append(steps, o.changes(bootstrap, "bootstrap"))
	}
	return append(steps, o.changes(deploy, "deploy", "--all", "--require-approval", "never",
		"--outputs-file", o.Project.relative(o.outputs())))
}

// assembly is the folder for what is synthesised. Each environment has its own, so that two can be deployed at a time.
func (o Order) assembly() string { return filepath.Join(o.Project.Infra, "cdk.out", o.Project.Name) }

// outputs is the file into which the CDK CLI writes the stacks' outputs.
func (o Order) outputs() string { return o.assembly() + ".outputs.json" }

// context is what the app reads; infra/build.go says what it knows.
func (o Order) context() []string {
	context := []string{"-c", "env=" + o.Project.context()}
	if o.Mode != "" {
		context = append(context, "-c", "mode="+o.Mode)
	}
	for _, v := range o.Variables {
		context = append(context, "-c", v)
	}
	return context
}

func (o Order) cdk(name string, args []string) Step {
	return Step{
		Name: name, Folder: o.Project.Infra, Environment: o.Access.environment(),
		Command: append([]string{"npx", "--yes", CDK}, args...),
	}
}

// fromAssembly are arguments about what is synthesised already.
func (o Order) fromAssembly(args ...string) []string {
	return append(args, "--app", o.Project.relative(o.assembly()))
}

func (o Order) changes(name string, args ...string) Step {
	s := o.cdk(name, o.fromAssembly(args...))
	s.Changes = true
	return s
}

func (a Access) environment() []string {
	var set []string
	for _, v := range []struct{ name, value string }{
		{"AWS_REGION", a.Region}, {"AWS_PROFILE", a.Profile}, {"AWS_ENDPOINT_URL", a.EndpointURL},
	} {
		if v.value != "" {
			set = append(set, v.name+"="+v.value)
		}
	}
	return set
}

// Shell is the step as one would type it.
func (s Step) Shell() string {
	words := []string{"cd", quote(s.Folder), "&&"}
	for _, v := range s.Environment {
		name, value, _ := strings.Cut(v, "=")
		words = append(words, name+"="+quote(value))
	}
	for _, word := range s.Command {
		words = append(words, quote(word))
	}
	return strings.Join(words, " ")
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote is a word for a POSIX shell.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
