package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
)

// scene is one state to look at.
type scene struct {
	Name, Title string
	Script      bool // false: shown without JavaScript
	State       page.State
	Phase       string // of the status; empty: as the state's kind says
}

// logo is as simple as a logo can be.
const logo = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40'%3E` +
	`%3Cpath fill='%23175fc1' d='M2 38V2h16l16 18L50 2h16v36H52V22L34 40 16 22v16z'/%3E` +
	`%3Ccircle cx='98' cy='20' r='18' fill='%23f2b705'/%3E%3C/svg%3E`

func sampleBrand() page.Brand {
	return page.Brand{
		Name: "Atelier Nord", Logo: logo, Accent: "#175fc1",
		Message: "This is our staging site. It shows next week's version, and its data is reset every night.",
		Links:   []page.Link{{Text: "Status", URL: "/status"}, {Text: "Ask the team", URL: "mailto:team@example.com"}},
	}
}

func sampleForm() *page.Form {
	return &page.Form{Multipart: true, Fields: []page.Field{
		{Name: "title", Value: "Summer fair"},
		{Name: "text", Value: "\nTwo lines,\r\nand one that was empty before."},
		{Name: "photo", File: true, Filename: "fair.txt", Type: "text/plain", Data: []byte("Bytes of a photo.\n")},
		{Name: "poster", File: true},
	}}
}

// scenes are all states at a moment, in the order of the gallery.
func (f files) scenes(now time.Time) []scene {
	all := wakingScenes(now)
	all = append(all, blockedScenes(now)...)
	all = append(all, resendScenes(now)...)
	all = append(all, f.otherScenes(now)...)
	for i := range all {
		all[i].State.Now = now
		if all[i].State.Service == "" {
			all[i].State.Service = "atelier"
		}
	}
	return all
}

func wakingScenes(now time.Time) []scene {
	var all []scene
	names := page.DefaultSteps()
	for i, step := range names {
		all = append(all, scene{Name: "waking-" + string(rune('1'+i)), Title: "Waking: " + step.Name, Script: true,
			State: waking(now, i, time.Duration(i)*7*time.Second)})
	}
	first := waking(now, 2, 13*time.Second)
	first.Usual, first.Slow = 0, 0
	return append(all,
		scene{Name: "waking-new", Title: "Waking, nothing learned yet", Script: true, State: first},
		scene{Name: "waking-usual", Title: "Later than the usual time", Script: true, State: waking(now, 4, 41*time.Second)},
		scene{Name: "waking-late", Title: "Late", Script: true, State: waking(now, 4, 97*time.Second)},
		scene{Name: "ready", Title: "Ready, and opened ever more slowly, since it is no application", Script: true,
			State: waking(now, 5, 35*time.Second), Phase: "awake"},
	)
}

// waking is a wake with this step active.
func waking(now time.Time, active int, elapsed time.Duration) page.State {
	steps := page.DefaultSteps()
	for i := range steps {
		switch {
		case i < active:
			steps[i].State, steps[i].Took = page.StepDone, time.Duration(3+4*i)*time.Second
		case i == active:
			steps[i].State = page.StepActive
		default:
			steps[i].State = page.StepTodo
		}
	}
	return page.State{Since: now.Add(-elapsed), Steps: steps, Usual: 35 * time.Second, Slow: 80 * time.Second}
}

func blockedScenes(now time.Time) []scene {
	return []scene{
		{Name: "failed", Title: "Failed", Script: true,
			State: page.State{Kind: page.KindFailed, Since: now.Add(-time.Minute), RetryAt: now.Add(2 * time.Minute)}},
		{Name: "failed-now", Title: "Failed, may be tried again", Script: true, State: page.State{Kind: page.KindFailed}},
		{Name: "frozen", Title: "Frozen", Script: true,
			State: page.State{Kind: page.KindFrozen, RetryAt: now.AddDate(0, 0, 8)}},
		{Name: "frozen-unknown", Title: "Frozen, nobody knows how long", Script: true,
			State: page.State{Kind: page.KindFrozen}},
		{Name: "asleep", Title: "Asleep again: after three reloads it waits for a click", Script: true,
			State: waking(now, 0, 0), Phase: "asleep"},
		{Name: "limited", Title: "Limited", Script: true,
			State: page.State{Kind: page.KindLimited, RetryAt: now.Add(25 * time.Minute)}},
	}
}

func resendScenes(now time.Time) []scene {
	kept := page.State{Kind: page.KindResend, Form: sampleForm()}
	failed := kept
	failed.RetryAt, failed.Why = now.Add(2*time.Minute), "failed"
	frozen := kept
	frozen.RetryAt, frozen.Why = now.AddDate(0, 0, 8), "frozen"
	return []scene{
		{Name: "resend", Title: "Resend, with fields and a file", Script: true, State: kept},
		{Name: "resend-failed", Title: "Resend, not started", Script: true, State: failed, Phase: "failed"},
		{Name: "resend-frozen", Title: "Resend, paused", Script: true, State: frozen, Phase: "frozen"},
		{Name: "resend-ready", Title: "Resend, ready", Script: true, State: kept, Phase: "awake"},
		{Name: "resend-lost", Title: "Resend, not kept", Script: true, State: page.State{Kind: page.KindResend}},
	}
}

func (f files) otherScenes(now time.Time) []scene {
	byScript := page.State{ByScript: true, Since: now}
	branded, own, long := waking(now, 3, 20*time.Second), waking(now, 3, 20*time.Second), waking(now, 3, 20*time.Second)
	branded.Brand = sampleBrand()
	if text, err := os.ReadFile(filepath.Join(f.source, "testdata", "own.tmpl.html")); err == nil {
		own.Template = string(text)
	}
	long.Service = "verwaltungsgemeinschaftsterminvereinbarung-vorschau"
	all := []scene{
		{Name: "by-script", Title: "By the script only", Script: true, State: byScript},
		{Name: "brand", Title: "A brand", Script: true, State: branded},
		{Name: "own", Title: "An own template", Script: true, State: own},
		{Name: "long", Title: "A long name", Script: true, State: long},
		{Name: "nojs-waking", Title: "Without JavaScript: waking", State: waking(now, 2, 12*time.Second)},
		{Name: "nojs-by-script", Title: "Without JavaScript: by the script only", State: byScript},
		{Name: "nojs-resend", Title: "Without JavaScript: resend", State: resendScenes(now)[0].State},
	}
	for _, tag := range page.Languages() {
		s := waking(now, 2, 12*time.Second)
		s.Brand.Language = tag
		all = append(all, scene{Name: "lang-" + tag, Title: "Language: " + tag, Script: true, State: s})
	}
	return all
}
