package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Outcome is what came of an order, as `catnap provision` prints it with --output json. Its members are kept as
// they are, and new ones may come. What did not come about is an error instead.
type Outcome struct {
	Environment string    `json:"environment"`
	Mode        string    `json:"mode"`     // ecs, ec2 or both
	Action      string    `json:"action"`   // provision or destroy
	DryRun      bool      `json:"dry_run"`  // true: nothing was changed at AWS
	Stacks      []Stack   `json:"stacks"`   // that it consists of, deployed or not
	Commands    []Command `json:"commands"` // in their order
	Next        []string  `json:"next"`     // commands, and what to open
}

// Stack is one of CloudFormation's.
type Stack struct {
	Name    string            `json:"name"`
	Region  string            `json:"region"`
	Outputs map[string]string `json:"outputs"` // null while it is not deployed
}

// Command is one that was run, or would have been.
type Command struct {
	Name        string   `json:"name"` // build, synthesise, diff, bootstrap, deploy or destroy
	Folder      string   `json:"folder"`
	Environment []string `json:"environment"` // what is added to the caller's
	Command     []string `json:"command"`
	Run         bool     `json:"run"`
}

// Text is the outcome for people.
func (o Outcome) Text() string {
	var text strings.Builder
	verb := map[string]string{"provision": "Deployed", "destroy": "Destroyed"}[o.Action]
	if o.DryRun {
		verb = "A dry run: nothing was changed at AWS. Otherwise: " + strings.ToLower(verb)
	}
	text.WriteString(verb + "\n")
	for _, s := range o.Stacks {
		text.WriteString("  " + s.String() + "\n" + s.outputs())
	}
	if len(o.Next) > 0 {
		text.WriteString("Next\n")
	}
	for _, step := range o.Next { // to be copied, so it is not wrapped
		text.WriteString("  " + step + "\n")
	}
	return text.String()
}

// String is like "shop (eu-west-3)".
func (s Stack) String() string { return s.Name + " (" + s.Region + ")" }

func (s Stack) outputs() string {
	width := 0
	for name := range s.Outputs {
		width = max(width, len(name))
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		fmt.Fprintf(&text, "    %-*s  %s\n", width, name, s.Outputs[name])
	}
	return text.String()
}

// names are stacks with their Regions: "shop (eu-west-3) and shop-billing (us-east-1)".
func names(stacks []Stack) string {
	var list []string
	for _, s := range stacks {
		list = append(list, s.String())
	}
	return strings.Join(list, " and ")
}
