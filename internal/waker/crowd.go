package waker

import (
	"math"
	"time"
)

const (
	// crowdWindow is the longest delay before a wake.
	crowdWindow = 500 * time.Millisecond
	// crowdSize is the number of instances for which the window is made.
	crowdSize = 1000
)

// crowdDelay spreads a crowd that finds the service asleep in the same moment over a short window, so that a few
// start it and the others find it started. A Lambda instance serves one request at a time and knows nothing of the
// others; Lambda may run a thousand of them.
//
// The delays are distributed exponentially towards the window's end: a lone visitor waits most of it, which is one
// per cent of a cold start, and of a crowd the first few go early and apart from each other, however large it is.
// An even spread would have to be many times as long for the same effect. x is uniform in [0, 1).
//
// Formula: exponentially distributed feedback suppression, J. Nonnenmacher and E. W. Biersack, "Scalable feedback for
// large groups", 1999; RFC 5401, section 5 ("RandomBackoff").
func crowdDelay(x float64) time.Duration {
	lambda := math.Log(crowdSize) + 1
	return time.Duration(float64(crowdWindow) * math.Log1p(x*math.Expm1(lambda)) / lambda)
}
