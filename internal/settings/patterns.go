package settings

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	everything = "/*"
	reserved   = "/.catnap"
)

// What a rule of an Application Load Balancer allows, and what catnap itself needs of it:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	ruleValues       = 5                // values a rule, in all its conditions
	ruleWildcards    = 6                // * and ? a rule
	patternLength    = 128              // characters a value
	mostPatterns     = ruleValues - 1   // the mark takes one
	mostPatternsMore = mostPatterns - 1 // and /.catnap/* another, unless "/*" covers it
	mostWildcards    = ruleWildcards - 1
)

var patternCharacters = regexp.MustCompile(`^[a-zA-Z0-9_\-.$/~"'@:+&*?]*$`)

// checkPatterns does not know the host-header condition of the rule, which counts too; AWS says so when the rule is
// written.
func checkPatterns(ps *problems, patterns []string) {
	wildcards, most := 0, mostPatternsMore
	for i, pattern := range patterns {
		checkPattern(ps, element("patterns", i), pattern)
		wildcards += strings.Count(pattern, "*") + strings.Count(pattern, "?")
		if pattern == everything {
			most = mostPatterns
		}
	}
	count := len(patterns)
	ps.check(1 <= count && count <= most, "patterns", counted(count, "values"),
		"must be 1 to "+strconv.Itoa(most)+
			`: of a rule's 5 the mark takes one and /.catnap/* another, unless "/*" is among the patterns`)
	ps.check(wildcards <= mostWildcards, "patterns", counted(wildcards, "wildcards"),
		"must be at most "+strconv.Itoa(mostWildcards)+": of a rule's 6 /.catnap/* takes one")
}

func checkPattern(ps *problems, path, pattern string) {
	ps.check(strings.HasPrefix(pattern, "/"), path, quote(pattern), `must begin with "/"`)
	ps.check(len(pattern) <= patternLength, path, quote(pattern), "must be at most 128 characters")
	ps.check(patternCharacters.MatchString(pattern), path, quote(pattern),
		`must be letters, digits, _-.$/~"'@:+& and the wildcards * and ?`)
	ps.check(!strings.HasPrefix(pattern, reserved), path, quote(pattern),
		"must not begin with /.catnap: that is catnap's own")
}

func counted(n int, what string) string { return "has " + strconv.Itoa(n) + " " + what + "," }
