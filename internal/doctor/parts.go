package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// survey is a check with any number of findings about a part of catnap's: none where another check tells already.
type survey struct {
	name   string
	needs  Source
	part   Part
	verify func(Facts, Part) []Finding
}

var surveys = []survey{
	{"waker function", FromFunction(Waker), Waker, functionState},
	{"waker concurrency", FromConcurrency(Waker), Waker, concurrency},
	{"waker invocation", FromPolicy(Waker), Waker, invocation},
	{"waker role", FromRole(Waker), Waker, permissions},
	{"reaper function", FromFunction(Reaper), Reaper, functionState},
	{"reaper concurrency", FromConcurrency(Reaper), Reaper, concurrency},
	{"reaper role", FromRole(Reaper), Reaper, permissions},
	{"cost guard function", FromFunction(CostGuard), CostGuard, functionState},
	{"cost guard concurrency", FromConcurrency(CostGuard), CostGuard, concurrency},
	{"cost guard role", FromRole(CostGuard), CostGuard, permissions},
	{"schedule role", FromRole(Schedules), Schedules, permissions},
}

// inspect does the surveys. What the caller may not read is one finding, of what would have to be allowed.
func inspect(f Facts) (findings []Finding) {
	for _, s := range surveys {
		err := f.Unread[s.needs]
		if isDenied(err) {
			continue
		}
		var found []Finding
		if err == nil {
			found = s.verify(f, s.part)
		} else {
			found = []Finding{unknown(err)}
		}
		for _, finding := range found {
			finding.Check = s.name
			findings = append(findings, finding)
		}
	}
	return append(findings, notAllowed(f.Unread)...)
}

// notAllowed is one finding about all that the caller may not read, or none.
func notAllowed(unread map[Source]error) []Finding {
	lacking := map[string]bool{}
	for _, err := range unread {
		if denied, ok := errors.AsType[*deniedError](err); ok {
			lacking[denied.action] = true
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	f := advice("some could not be looked at: your own credentials don't allow it",
		"allow yourself "+strings.Join(slices.Sorted(maps.Keys(lacking)), ", "))
	f.Check = "functions and roles"
	return []Finding{f}
}

// usualPrefix is where the functions look unless their environment says.
const usualPrefix = "/catnap"

// outcome is what becomes of a service without a part.
var outcome = map[Part]string{
	Waker: "visitors of the sleeping service get 502", Reaper: "nothing puts the service to sleep",
	CostGuard: "nothing watches the bill", Schedules: "nothing is run by the clock",
}

func functionState(f Facts, p Part) []Finding {
	function := f.Functions[p]
	if function == nil {
		return nil
	}
	if !function.Found {
		return []Finding{problem("Lambda has no function "+function.Name+": "+outcome[p], again)}
	}
	var wrong []Finding
	switch function.State {
	case "", "Active":
	case "Failed":
		wrong = append(wrong, problem("its state is Failed"+because(function.Why)+": "+outcome[p],
			"remove the cause, and deploy the function again"))
	default:
		wrong = append(wrong, advice("its state is "+function.State+because(function.Why)+": invocations fail until it is "+
			"Active", "look again in a minute; an Inactive one becomes Active after its next invocation"))
	}
	if function.Stale {
		wrong = append(wrong, advice("its last update failed, so it runs what it ran before", "deploy the function again"))
	}
	prefix := cmp.Or(function.Env["CATNAP_PREFIX"], usualPrefix)
	if !function.Hidden && prefix != f.Prefix {
		wrong = append(wrong, problem(fmt.Sprintf("its CATNAP_PREFIX is %q, and the settings are below %q: it doesn't know "+
			"the service", prefix, f.Prefix), "set CATNAP_PREFIX of "+function.Name+" to "+f.Prefix))
	}
	if len(wrong) == 0 {
		return []Finding{fine(function.Name + " reads settings below " + f.Prefix)}
	}
	return wrong
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// concurrency is told of only where it is wrong: most functions reserve none.
func concurrency(f Facts, p Part) []Finding {
	function := f.Functions[p]
	if function == nil || !function.Halted {
		return nil
	}
	return []Finding{problem("0 is reserved, so Lambda runs it never: "+outcome[p],
		"remove the reserved concurrency of "+function.Name+", or raise it")}
}

// invocation asks whether the load balancer may invoke the waker from the waker target group.
func invocation(f Facts, p Part) []Finding {
	function := f.Functions[p]
	if function == nil || !function.Found {
		return nil
	}
	group := f.Service.WakerTargetGroup
	if slices.ContainsFunc(function.Callers, func(c Caller) bool { return c.admits(group) }) {
		return []Finding{fine("the load balancer may invoke it from its target group")}
	}
	return []Finding{problem("its policy doesn't let elasticloadbalancing.amazonaws.com invoke it from "+group+": "+
		outcome[p], "add the permission lambda:InvokeFunction for that principal and this source to "+function.Name)}
}

func (c Caller) admits(group string) bool {
	account := strings.Split(group, ":")
	return c.Principal == "elasticloadbalancing.amazonaws.com" &&
		(c.SourceARN == "" || like(c.SourceARN, group)) &&
		(c.SourceAccount == "" || len(account) > 4 && account[4] == c.SourceAccount)
}

// like matches a pattern with * for any characters and ? for one.
func like(pattern, text string) bool {
	quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	matched, err := regexp.MatchString("^"+quoted+"$", text)
	return err == nil && matched
}

func permissions(f Facts, p Part) []Finding {
	role := f.role(p)
	if role == "" {
		return nil
	}
	var wrong []Finding
	for _, r := range f.Refused[p] {
		says := fmt.Sprintf("may not %s on %s: %s", r.Action, r.Resource, r.Without)
		fix := "allow it in a policy of the role " + nameOf(role) + ", or deploy the stack again"
		if r.By != "" {
			fix = "remove " + r.By + ", or make an exception for " + nameOf(role)
		}
		wrong = append(wrong, problem(says, fix))
	}
	if len(wrong) == 0 {
		return []Finding{fine(nameOf(role) + " allows all that is needed")}
	}
	return wrong
}
