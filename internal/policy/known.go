package policy

import "strings"

// entry is one of a built-in list: what it matches, and why it is there.
type entry struct{ pattern, why string }

func knownPath(path string) bool {
	path = strings.ToLower(path)
	for _, e := range knownPaths {
		if e.matches(path) {
			return true
		}
	}
	return false
}

func knownAgent(agent string) (Caller, bool) {
	agent = strings.ToLower(agent)
	for _, e := range knownAgents {
		if strings.Contains(agent, e.pattern) {
			return e.caller, true
		}
	}
	return "", false
}

func (e entry) matches(path string) bool {
	head, tail := strings.HasPrefix(e.pattern, "*"), strings.HasSuffix(e.pattern, "*")
	middle := strings.Trim(e.pattern, "*")
	switch {
	case head && tail:
		return strings.Contains(path, middle)
	case head:
		return strings.HasSuffix(path, middle)
	case tail:
		return strings.HasPrefix(path, middle)
	default:
		return path == middle
	}
}
