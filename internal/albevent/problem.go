package albevent

import (
	"encoding/json"
	"net/http"
)

// problem is the adapter's own answer (RFC 9457) in place of the 502 without a word that the ALB would give.
func problem(r *http.Request, detail string) *recorder {
	w := newRecorder(r)
	w.header.Set("Content-Type", "application/problem+json")
	w.header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusInternalServerError)
	body, _ := json.Marshal(struct { // strings and a number always marshal
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(w.status), w.status, detail})
	_, _ = w.Write(body) // a recorder takes anything this small
	return w
}
