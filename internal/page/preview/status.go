package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
)

// document is what /.catnap/status tells, as far as the page reads it.
type document struct {
	Phase          string     `json:"phase"`
	ElapsedSeconds int        `json:"elapsed_seconds"`
	ETASeconds     *int       `json:"eta_seconds"`
	UsualSeconds   *int       `json:"usual_seconds"`
	SlowSeconds    *int       `json:"slow_seconds"`
	RetrySeconds   *int       `json:"retry_seconds,omitempty"`
	Limited        bool       `json:"limited,omitempty"`
	Steps          []stepLine `json:"steps"`
}

type stepLine struct {
	Name    string `json:"name"`
	State   string `json:"state"`
	Seconds int    `json:"seconds,omitempty"`
}

func (s *server) status(rw http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	name := asking(r)
	s.mu.Lock()
	visited, woken := s.visited[name], s.woken[name]
	s.mu.Unlock()
	found, ok := s.find(name, visited)
	switch {
	case !ok:
		http.NotFound(rw, r)
	case !woken.IsZero():
		writeJSON(rw, played(now, now.Sub(woken)))
	default:
		writeJSON(rw, found.document(now))
	}
}

// wake begins a wake that is played from its first step; a form without JavaScript is sent back to its page.
func (s *server) wake(rw http.ResponseWriter, r *http.Request) {
	now, name := s.clock.Now(), asking(r)
	s.mu.Lock()
	s.woken[name] = now
	s.mu.Unlock()
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(rw, r, "/scene/"+name, http.StatusSeeOther) //nolint:gosec // G710: always a path of this server
		return
	}
	writeJSON(rw, played(now, 0))
}

func writeJSON(rw http.ResponseWriter, doc document) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(doc) // nobody is left to be told
}

// played is how a wake looks that takes half a minute, and stays at its last step.
func played(now time.Time, elapsed time.Duration) document {
	active := min(5, int(elapsed/(5*time.Second)))
	return scene{State: waking(now, active, elapsed)}.document(now)
}

func (s scene) document(now time.Time) document {
	state := s.State
	doc := document{Phase: s.phase(), UsualSeconds: seconds(state.Usual), SlowSeconds: seconds(state.Slow)}
	if !state.Since.IsZero() {
		doc.ElapsedSeconds = int(now.Sub(state.Since) / time.Second)
	}
	if left := state.Usual - now.Sub(state.Since); state.Usual > 0 {
		doc.ETASeconds = seconds(left)
	}
	if (doc.Phase == "failed" || doc.Phase == "frozen") && !state.RetryAt.IsZero() {
		doc.RetrySeconds = seconds(max(time.Nanosecond, state.RetryAt.Sub(now)))
	}
	doc.Limited = state.Kind == page.KindLimited
	for _, step := range state.Steps {
		doc.Steps = append(doc.Steps, stepLine{step.Name, string(step.State), int(step.Took / time.Second)})
	}
	return doc
}

func (s scene) phase() string {
	switch {
	case s.Phase != "":
		return s.Phase
	case s.State.Kind == page.KindFailed, s.State.Kind == page.KindFrozen:
		return s.State.Kind.String()
	case s.State.Kind == page.KindLimited, s.State.ByScript:
		return "asleep"
	default:
		return "waking"
	}
}

// seconds rounds up; nothing, or less, is unknown.
func seconds(d time.Duration) *int {
	if d <= 0 {
		return nil
	}
	return new(int((d + time.Second - 1) / time.Second))
}
