package waker

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// operator is what the status adds for the people who run the service: ECS's own words on why it did not start. ECS
// forgets a stopped task after about an hour; the log of the failed wake has them for as long as logs are kept.
type operator struct {
	FailedWakes int            `json:"failed_wakes"` // in a row
	Tasks       []operatorTask `json:"tasks"`        // oldest first
}

type operatorTask struct {
	ID            string     `json:"id"`
	LastStatus    string     `json:"last_status"`
	Created       time.Time  `json:"created"`
	Stopped       *time.Time `json:"stopped,omitempty"`
	StopCode      string     `json:"stop_code,omitempty"`
	StoppedReason string     `json:"stopped_reason,omitempty"`
}

func newOperator(seen policy.Snapshot) *operator {
	doc := &operator{FailedWakes: seen.Rule.Mark.Failures, Tasks: []operatorTask{}}
	for _, t := range seen.Tasks {
		task := operatorTask{
			ID: t.ID, LastStatus: t.LastStatus, Created: t.Created, StopCode: t.StopCode, StoppedReason: t.StoppedReason,
		}
		if !t.Stopped.IsZero() {
			task.Stopped = &t.Stopped
		}
		doc.Tasks = append(doc.Tasks, task)
	}
	return doc
}

// operator tells whether the request carries the operator's token. The settings hold its SHA-256 only, so that whoever
// may read them cannot use it.
func (v *visit) operator() bool {
	token, given := v.bearer()
	if !given {
		return false
	}
	sum := sha256.Sum256([]byte(token))
	got := hex.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(v.svc.OperatorTokenSHA256)) == 1
}

// impostor tells whether the request carries a token that is not the operator's. Without one in the settings a token is
// nothing of catnap's.
func (v *visit) impostor() bool {
	_, given := v.bearer()
	return given && v.svc.OperatorTokenSHA256 != "" && !v.operator()
}

func (v *visit) bearer() (token string, given bool) {
	scheme, token, _ := strings.Cut(v.r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}
