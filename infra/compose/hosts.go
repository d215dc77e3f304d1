package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hosts are the names by which services reach each other on a compose network, with the ports on which each listens.
// In a task on Fargate all of them are at localhost.
type hosts map[string][]int

const localhost = "localhost"

// change is a reference to a service that was rewritten.
type change struct{ from, to string }

// rewrite puts localhost in the place of every name that can only be a host: after ://, perhaps with a user, and before
// a port on which that service listens. A name that merely stands somewhere is left alone: NODE_ENV=web is no host.
func (h hosts) rewrite(text string) (string, []change) {
	text, urls := replace(text, inURL, h.inURL)
	text, bare := replace(text, beforePort, h.beforePort)
	return text, append(urls, bare...)
}

var (
	// scheme, user, host. A password may hold an at sign, but neither a slash nor a blank.
	inURL = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)://([^\s/?#"'<>]*@)?([A-Za-z0-9][A-Za-z0-9._-]*)()`)
	// what stands before, host, port. A slash before would make it the last part of an image's name.
	beforePort = regexp.MustCompile(`(^|[\s"'=,;(\[{<>|&@])()([A-Za-z0-9][A-Za-z0-9._-]*):([0-9]{1,5})`)
)

// notHosts are schemes after which no host follows.
var notHosts = []string{
	"abfs", "abfss", "arn", "az", "docker", "docker-image", "env", "file", "gcs", "gs", "oci", "s3", "s3a",
	"secretsmanager", "ssm", "unix", "vault",
}

// found is one match with what follows it.
type found struct{ before, user, host, port, rest string }

// replace asks for each match whether its host is to be replaced.
func replace(text string, pattern *regexp.Regexp, isHost func(found) bool) (string, []change) {
	var b strings.Builder
	var changes []change
	done := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		f := found{part(1), part(2), part(3), part(4), text[m[1]:]}
		if f.host == localhost || !isHost(f) {
			continue
		}
		b.WriteString(text[done:m[6]] + localhost)
		done = m[7]
		after := strings.TrimRight(":"+f.port, ":")
		changes = append(changes, change{f.host + after, localhost + after})
	}
	return b.String() + text[done:], changes
}

func (h hosts) inURL(f found) bool {
	_, known := h[f.host]
	return known && !slices.Contains(notHosts, strings.ToLower(f.before))
}

func (h hosts) beforePort(f found) bool {
	port, err := strconv.Atoi(f.port)
	return err == nil && slices.Contains(h[f.host], port) && endsPort(f.rest)
}

// endsPort tells whether a number ends before this text: 4000.5, 40:00 and 4000th are no ports.
func endsPort(rest string) bool {
	return rest == "" || strings.ContainsRune(" \t\r\n\"'=,;)]}<>|&/?#\\", rune(rest[0]))
}

// like returns what a text has that may mean a service and may not: a name that is all of it, or one before a port on
// which that service is not known to listen. A service seldom means itself.
func (h hosts) like(text string, own []string) []string {
	other := func(name string) bool {
		_, known := h[name]
		return known && name != localhost && !slices.Contains(own, name)
	}
	if other(text) {
		return []string{text}
	}
	var names []string
	for _, m := range beforePort.FindAllStringSubmatchIndex(text, -1) {
		name, port := text[m[6]:m[7]], text[m[8]:m[9]]
		if other(name) && endsPort(text[m[1]:]) {
			names = append(names, name+":"+port)
		}
	}
	return names
}
