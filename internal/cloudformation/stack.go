package cloudformation

import (
	"fmt"
	"slices"
	"strings"
)

// Place is where a stack is made.
type Place struct {
	Account, Region string
	Stack           string // its name
	// ID is what AWS makes the stack's ARN unique with, a UUID.
	ID string
}

// partition is the only one that is known: China, and the governments' Regions, have others.
const partition = "aws"

// StackARN is what AWS::StackId stands for.
func (p Place) StackARN() string {
	return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/%s", partition, p.Region, p.Account, p.Stack, p.ID)
}

// Resource is a resource that is to be made.
type Resource struct {
	Name       string // its logical ID
	Type       string
	Properties map[string]any // filled in
}

// Decode reads the properties into a struct; see the function Decode.
func (r Resource) Decode(into any) error { return Decode("Properties", r.Properties, into) }

// Physical is how others refer to a resource that is made.
type Physical struct {
	ID         string         // what Ref returns
	Attributes map[string]any // what Fn::GetAtt returns, by name
}

// Provider makes resources. What they need is made before.
type Provider interface {
	Make(r Resource) (Physical, error)
}

// Options are what a stack is made with.
type Options struct {
	Place      Place
	Parameters map[string]string
	Provider   Provider
	// SSM are the values of parameters of the type AWS::SSM::Parameter::Value, by the names that they have in SSM.
	SSM map[string]string
	// Exports are what other stacks export, for Fn::ImportValue.
	Exports map[string]string
}

// Stack is a template with the values that somebody deploys it with. Its resources are made when they are first asked
// for, each once; it is not safe for concurrent use.
type Stack struct {
	*Template
	options    Options
	values     map[string]string
	conditions map[string]bool
	made       map[string]*making
	way        []string // what is being made, or decided, at this moment, each for the one before
}

// making is a resource that is made, or could not be.
type making struct {
	resource Resource
	physical Physical
	err      error
}

// Stack checks the values of the parameters and the template's rules. Nothing is made yet.
func (t *Template) Stack(o Options) (*Stack, error) {
	values, err := t.values(o.Parameters)
	if err != nil {
		return nil, err
	}
	s := &Stack{Template: t, options: o, values: values, conditions: map[string]bool{}, made: map[string]*making{}}
	if err := s.lookUp(); err != nil {
		return nil, err
	}
	return s, s.checkRules()
}

// lookUp replaces names of SSM parameters by their values.
func (s *Stack) lookUp() error {
	for _, name := range sorted(s.parameters) {
		if !s.parameters[name].named() {
			continue
		}
		value, ok := s.options.SSM[s.values[name]]
		if !ok {
			return problem("Parameters."+name, "there is no SSM parameter %s", s.values[name])
		}
		s.values[name] = value
	}
	return nil
}

// Value is the value of a parameter, empty if there is none of that name.
func (s *Stack) Value(parameter string) string { return s.values[parameter] }

// Make makes every resource whose condition holds. It ends with the first that cannot be made.
func (s *Stack) Make() error {
	for _, name := range sorted(s.Section("Resources")) {
		wanted, err := s.wanted(name)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if _, err := s.make(name); err != nil {
			return err
		}
	}
	return nil
}

// Resource is a resource as its provider gets it.
func (s *Stack) Resource(name string) (Resource, error) {
	made, err := s.make(name)
	if err != nil {
		return Resource{}, err
	}
	return made.resource, nil
}

// Ref is what Ref returns for a parameter, a pseudo parameter or a resource.
func (s *Stack) Ref(name string) (any, error) { return s.ref(name) }

// Attribute is what Fn::GetAtt returns.
func (s *Stack) Attribute(resource, attribute string) (any, error) {
	return s.attribute(resource, attribute)
}

// Outputs are the values of the template's outputs whose condition holds.
func (s *Stack) Outputs() (map[string]any, error) {
	values := map[string]any{}
	for _, name := range sorted(s.Section("Outputs")) {
		output, _ := s.Section("Outputs")[name].(map[string]any)
		if wanted, err := s.allowed(output); err != nil {
			return nil, err
		} else if !wanted {
			continue
		}
		value, err := s.fill("Outputs."+name+".Value", output["Value"])
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}

func (s *Stack) wanted(resource string) (bool, error) { return s.allowed(s.resource(resource)) }

// allowed tells whether the condition of a resource or an output holds.
func (s *Stack) allowed(thing map[string]any) (bool, error) {
	condition, ok := thing["Condition"].(string)
	if !ok {
		return true, nil
	}
	return s.Holds(condition)
}

// make makes a resource after all that it needs. What is asked for again while it is being made needs itself.
func (s *Stack) make(name string) (*making, error) {
	if made, ok := s.made[name]; ok {
		return made, made.err
	}
	if err := s.enter("Resources." + name); err != nil {
		return nil, err
	}
	defer s.leave()
	made := &making{}
	made.resource, made.physical, made.err = s.build(name)
	s.made[name] = made
	return made, made.err
}

func (s *Stack) build(name string) (Resource, Physical, error) {
	path := "Resources." + name
	if wanted, err := s.wanted(name); err != nil {
		return Resource{}, Physical{}, err
	} else if !wanted {
		return Resource{}, Physical{}, problem(path, "is not made, its condition does not hold")
	}
	if err := s.makeOthers(name); err != nil {
		return Resource{}, Physical{}, err
	}
	filled, err := s.fill(path+".Properties", s.Properties(name))
	if err != nil {
		return Resource{}, Physical{}, err
	}
	r := Resource{Name: name, Properties: map[string]any{}}
	r.Type, _ = s.resource(name)["Type"].(string)
	if properties, ok := filled.(map[string]any); ok && properties != nil {
		r.Properties = properties
	}
	physical, err := s.options.Provider.Make(r)
	if err != nil {
		return r, Physical{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, physical, nil
}

// makeOthers makes what a resource names in DependsOn. One whose condition does not hold is not waited for.
func (s *Stack) makeOthers(name string) error {
	for _, other := range texts(s.resource(name)["DependsOn"]) {
		wanted, err := s.wanted(other)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if _, err := s.make(other); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) enter(path string) error {
	if i := slices.Index(s.way, path); i >= 0 {
		return fmt.Errorf("%s needs itself: %s", path, strings.Join(append(slices.Clone(s.way[i:]), path), " needs "))
	}
	s.way = append(s.way, path)
	return nil
}

func (s *Stack) leave() { s.way = s.way[:len(s.way)-1] }
