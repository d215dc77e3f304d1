//go:build race

package sandbox_test

// underRace tells that the race detector slows everything down. The largest tests are run at full size without it.
const underRace = true
