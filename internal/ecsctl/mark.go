package ecsctl

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// The mark is a path pattern that nobody asks for, in the waker rule itself: the switch and its times change in one
// atomic ModifyRule, so there is no second store that could disagree. The count of failed wakes is only there when it
// is not zero.
var markPattern = regexp.MustCompile(`^/\.catnap/since/(\d{1,12})/active/(\d{1,12})(?:/failed/(\d{1,4}))?$`)

const maxFailures = 9999 // four digits

func formatMark(m policy.Mark) string {
	text := fmt.Sprintf("/.catnap/since/%d/active/%d", seconds(m.Since), seconds(m.Active))
	if m.Failures > 0 {
		text += fmt.Sprintf("/failed/%d", min(m.Failures, maxFailures))
	}
	return text
}

func parseMark(pattern string) (policy.Mark, bool) {
	groups := markPattern.FindStringSubmatch(pattern)
	if groups == nil {
		return policy.Mark{}, false
	}
	mark := policy.Mark{Since: moment(groups[1]), Active: moment(groups[2])}
	mark.Failures, _ = strconv.Atoi(groups[3]) // absent: zero
	return mark, !mark.Since.IsZero()
}

// seconds writes the zero time as 0 and cuts fractions off.
func seconds(t time.Time) int64 { return max(t.Unix(), 0) }

func moment(digits string) time.Time {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
