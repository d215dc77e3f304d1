//go:build race

package costguard_test

// racing is under the race detector, which makes a year of calls ten times as slow.
const racing = true
