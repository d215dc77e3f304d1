package alb

import (
	"net"
	"net/http"
	"strings"
)

// matches says whether a request meets every one of a rule's conditions. [ALB-05]
func matches(conditions []condition, r *http.Request) bool {
	for _, c := range conditions {
		if !c.matches(r) {
			return false
		}
	}
	return true
}

// matches says whether one of the condition's values fits the request. [ALB-05]
func (c condition) matches(r *http.Request) bool {
	switch c.field {
	case pathPattern:
		// [ALB-02] The path as it was sent: that AWS does not decode it first is an inference.
		return anyWildcard(c.values, r.URL.EscapedPath(), keepCase)
	case hostHeader:
		return anyWildcard(c.values, hostname(r.Host), strings.ToLower) // [ALB-03]
	case httpHeader:
		return c.matchesHeader(r) // [ALB-04]
	}
	return false
}

func (c condition) matchesHeader(r *http.Request) bool {
	for _, value := range r.Header.Values(c.header) {
		if anyWildcard(c.values, value, strings.ToLower) {
			return true
		}
	}
	return false
}

func anyWildcard(patterns []string, s string, fold func(string) string) bool {
	s = fold(s)
	for _, pattern := range patterns {
		if wildcard(fold(pattern), s) {
			return true
		}
	}
	return false
}

func keepCase(s string) string { return s }

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// wildcard matches a whole string: * stands for any characters or none, ? for exactly one. When a character does not
// fit, only the last * can be what took too little, so one step back is remembered: the time is len(pattern) x len(s).
func wildcard(pattern, s string) bool {
	p, i := 0, 0
	star, resume := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			resume++
			p, i = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
