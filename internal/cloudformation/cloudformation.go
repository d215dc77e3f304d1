// Package cloudformation reads templates of AWS CloudFormation and fills them in as CloudFormation does: parameters and
// rules are checked, conditions hold or not, functions are called, and resources are made in the order in which they
// need each other, by a Provider that says what each is called.
//
// It knows YAML with CloudFormation's tags, JSON as the AWS CDK writes it, and of the transforms AWS::Serverless, as
// far as it adds the properties in Globals to functions. What it does not know is an error that names the place: other
// transforms, macros, the functions ForEach, Cidr and Transform. It makes nothing itself, asks AWS nothing, and does
// not know what properties a kind of resource has.
//
// Sources are pages of docs.aws.amazon.com, AWSCloudFormation/latest/UserGuide and TemplateReference.
package cloudformation

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A value of a template is a map[string]any, a []any, a string, a bool or a json.Number. Short tags of YAML are written
// out: !Ref X is the map {"Ref": "X"}, !GetAtt X.Y is {"Fn::GetAtt": ["X", "Y"]}.

// Template is a parsed template in which every name leads somewhere. It does not change.
type Template struct {
	root       map[string]any
	parameters map[string]parameter
	serverless bool // it has the transform AWS::Serverless
}

// serverless is the transform of the AWS Serverless Application Model (SAM).
const serverless = "AWS::Serverless-2016-10-31"

// Parse reads a template in YAML or JSON and finds every name in it that leads nowhere. The error has a line for each
// problem, with its place.
func Parse(source []byte) (*Template, error) {
	root, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("parse template: %w", err)
	}
	t := &Template{root: root}
	if err := errors.Join(t.checkSections(), t.checkResources(), t.readParameters()); err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	if err := t.checkNames(); err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	return t, nil
}

func read(source []byte) (map[string]any, error) {
	if trimmed := bytes.TrimSpace(source); len(trimmed) > 0 && trimmed[0] == '{' {
		return readJSON(trimmed)
	}
	return readYAML(source)
}

// Section is a section of the template as it was read, like "Resources"; nil if there is none. It is not to be changed.
func (t *Template) Section(name string) map[string]any {
	section, _ := t.root[name].(map[string]any)
	return section
}

// sections are those that a template may have; true for those that hold something by name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
var sections = map[string]bool{
	"AWSTemplateFormatVersion": false, "Description": false, "Transform": false, "Metadata": true, "Parameters": true,
	"Rules": true, "Mappings": true, "Conditions": true, "Globals": true, "Resources": true, "Outputs": true,
}

func (t *Template) checkSections() error {
	var problems []error
	for _, name := range sorted(t.root) {
		mapping, known := sections[name]
		_, isMapping := t.root[name].(map[string]any)
		if !known {
			problems = append(problems, problem(name, "is no known section"))
		} else if mapping && !isMapping {
			problems = append(problems, problem(name, "must be a mapping"))
		}
	}
	if version, given := t.root["AWSTemplateFormatVersion"]; given && version != "2010-09-09" {
		problems = append(problems, problem("AWSTemplateFormatVersion", `%v must be "2010-09-09"`, version))
	}
	switch transform := t.root["Transform"].(type) {
	case nil:
	case string:
		t.serverless = transform == serverless
		if !t.serverless {
			problems = append(problems, problem("Transform", "%s is not known here, only %s", transform, serverless))
		}
	default:
		problems = append(problems, problem("Transform", "%v is not known here, only %s", transform, serverless))
	}
	if t.root["Globals"] != nil && !t.serverless {
		problems = append(problems, problem("Globals", "needs the transform %s", serverless))
	}
	return errors.Join(problems...)
}

// attributes are what a resource may have beside its type and properties. Those that say what becomes of a resource
// when the stack changes or goes are read by nobody here.
var attributes = []string{
	"Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdatePolicy",
	"UpdateReplacePolicy",
}

func (t *Template) checkResources() error {
	resources := t.Section("Resources")
	if len(resources) == 0 {
		return problem("Resources", "there must be one at the least")
	}
	var problems []error
	for _, name := range sorted(resources) {
		resource, ok := resources[name].(map[string]any)
		if !ok {
			problems = append(problems, problem("Resources."+name, "must be a mapping"))
			continue
		}
		if kind, _ := resource["Type"].(string); kind == "" {
			problems = append(problems, problem("Resources."+name+".Type", "must be given"))
		}
		for _, attribute := range sorted(resource) {
			if !slices.Contains(attributes, attribute) {
				problems = append(problems, problem("Resources."+name+"."+attribute, "is no known attribute"))
			}
		}
	}
	return errors.Join(problems...)
}

// resource is a resource as the template has it, nil if it has none of that name.
func (t *Template) resource(name string) map[string]any {
	resource, _ := t.Section("Resources")[name].(map[string]any)
	return resource
}

// Properties are those of a resource as they were read; a function of the Serverless Application Model has those in
// Globals, too.
func (t *Template) Properties(resource string) map[string]any {
	own, _ := t.resource(resource)["Properties"].(map[string]any)
	common, ok := t.Section("Globals")["Function"].(map[string]any)
	if !ok || t.resource(resource)["Type"] != "AWS::Serverless::Function" {
		return own
	}
	return merge(common, own)
}

// merge adds to what is common what is a resource's own: mappings are merged, lists put together, and of single values
// its own one counts.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide, "Globals section of the template"
func merge(common, own map[string]any) map[string]any {
	merged := maps.Clone(common)
	for name, value := range own {
		switch theirs := common[name].(type) {
		case map[string]any:
			if mine, ok := value.(map[string]any); ok && !isCall(theirs) && !isCall(mine) {
				value = merge(theirs, mine)
			}
		case []any:
			if mine, ok := value.([]any); ok {
				value = slices.Concat(theirs, mine)
			}
		}
		merged[name] = value
	}
	return merged
}

// problem is an error with its place in the template.
func problem(path, format string, args ...any) error {
	return fmt.Errorf("%s: %w", path, fmt.Errorf(format, args...))
}

// sorted goes through a map in a fixed order, so that errors read the same each time.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
