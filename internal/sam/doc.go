// Package sam holds the SAM template, template.yaml at the root, to what catnap needs and to what CloudFormation
// understands. It has tests only.
//
// They parse the template and fill it in as CloudFormation would: every name leads somewhere, nothing waits for itself,
// the functions may do what they do and no more, and the settings that the template writes are settings that the
// functions read. They do not ask AWS anything: what it refuses for reasons of its own is found by deploying.
package sam
