//go:build !race

package costguard_test

const racing = false
