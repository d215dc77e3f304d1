package page

import (
	"cmp"
	"html/template"
	"strings"
	"time"
	"unicode"
)

// soon is when the time says enough, without its date.
const soon = 12 * time.Hour

// maxName is the longest name that is shown in full.
const maxName = 60

// View is what a template is executed with: the built-in page's data, and the data of an operator's own template. A
// template needs of it what it shows. To follow the start it has {{template "script" .}} before the end of the body, or
// the same written out:
//
//	<script type="application/json" id="catnap">{{.Data}}</script>
//	<script nonce="{{.Nonce}}">{{.JS}}</script>
//
// The script works on the ids and data attributes of views.tmpl.html, and does without those that are missing; of the
// views it shows the one that fits, if there is one. The
// other templates to use are "head" (all that belongs there, with the built-in style), "cat", "views" (all sections),
// "waking", "failed", "frozen", "limited", "resend" (a section each), "steps", "form" and "footer".
type View struct {
	Kind  string // "waking", "failed", "frozen", "limited" or "resend"
	Lang  string // tag of the language
	Name  string // of the service
	Title string // of the tab; the heading says the same

	Nonce string       // for style and script elements; without it the browser ignores them
	CSS   template.CSS // the built-in style, with the brand's accent
	JS    template.JS  // the built-in script
	Data  Data         // what the built-in script begins with

	Texts map[string]string // as in lang/, with the name filled in: {{.Texts.waking_lead}}

	Steps    []StepView
	Fraction float64 // of the bar, 0 to 1
	Elapsed  string  // "12 s"
	Estimate string  // "About 20 s to go."; empty while nobody knows
	Refresh  string  // content of the meta element that looks again without JavaScript; empty: it must not by itself
	ByScript bool    // only the script starts it

	RetryTime, RetryDate string            // UTC, for browsers without JavaScript; empty when over or unknown
	RetryTexts           map[string]string // "failed_later", "frozen_later", ...: with these filled in

	Logo    template.URL // empty: none
	Message string
	Links   []LinkView
	Form    *FormView // of "resend"; nil: not kept
	Why     string    // of "resend": "waking", "failed", "frozen" or "asleep"
}

// Data is what the script needs to know at once; times are seconds.
type Data struct {
	Kind     string            `json:"kind"`
	Lang     string            `json:"lang"`
	Elapsed  int               `json:"elapsed"`
	Retry    int               `json:"retry"` // until it may be tried again; 0: now, or unknown
	Usual    int               `json:"usual"` // 0: not learned
	Guess    int               `json:"guess"` // for the bar while usual is 0
	Slow     int               `json:"slow"`
	ByScript bool              `json:"byScript"`
	Why      string            `json:"why"`
	Texts    map[string]string `json:"texts"`
	Files    []FileData        `json:"files,omitempty"`
}

// scriptTexts are the texts that the script writes; the others stand in the document.
var scriptTexts = []string{
	"eta_about", "eta_slow", "eta_usual", "failed_button", "failed_button_wait", "failed_later",
	"frozen_later", "limited_later", "minutes", "ready", "ready_title", "resend_heading", "resend_file_kept",
	"resend_ready_heading", "resend_later", "seconds", "step_done",
}

func (p *Sources) view(s State) View {
	tag := p.langs.choose(s.AcceptLanguage, s.Brand.Language)
	name := cmp.Or(printable(s.Brand.Name, maxName), printable(s.Service, maxName), p.langs.texts[tag]["application"])
	texts := p.langs.named(tag, name)
	v := View{
		Kind: s.Kind.String(), Lang: tag, Name: name, Title: title(s, texts),
		Nonce: s.Nonce, CSS: p.css(s.Brand.Accent), JS: p.script, Texts: texts,
		Steps: stepViews(s.Steps, texts), ByScript: s.ByScript,
		Form: newFormView(s.Form, texts), Why: cmp.Or(s.Why, "waking"),
	}
	v.setTimes(s)
	v.setBrand(s.Brand)
	v.setData(s)
	return v
}

func title(s State, texts map[string]string) string {
	if s.Kind == KindWaking && s.ByScript {
		return texts["asleep_heading"]
	}
	return texts[s.Kind.String()+"_heading"]
}

// setTimes leaves a time to try again that has passed, or is not known, at zero.
func (v *View) setTimes(s State) {
	elapsed := sinceStart(s)
	v.Elapsed = span(elapsed, v.Texts)
	v.Fraction = rounded(Fraction(elapsed, s.Usual))
	v.Estimate = estimate(elapsed, s.Usual, cmp.Or(s.Slow, defaultSlow), v.Texts)
	v.Refresh = refresh(s)
	if retryIn(s) > 0 {
		v.RetryTime, v.RetryDate = clockTime(s.RetryAt, v.Texts), dateTime(s.RetryAt, v.Texts)
	}
	v.RetryTexts = map[string]string{}
	for _, key := range []string{"failed_later", "frozen_later", "limited_later", "resend_later"} {
		v.RetryTexts[key] = fill(v.Texts[key], "time", v.RetryTime, "date", v.RetryDate)
	}
	if retryIn(s) < soon {
		v.RetryTexts["resend_later"] = v.RetryTexts["failed_later"]
	}
}

func retryIn(s State) time.Duration {
	if s.RetryAt.IsZero() || s.Now.IsZero() {
		return 0
	}
	return max(0, s.RetryAt.Sub(s.Now))
}

func (v *View) setData(s State) {
	v.Data = Data{
		Kind: v.Kind, Lang: v.Lang, ByScript: s.ByScript, Why: v.Why, Texts: make(map[string]string, len(scriptTexts)),
		Elapsed: int(sinceStart(s) / time.Second), Retry: int(ceil(retryIn(s), time.Second) / time.Second),
		Usual: int(s.Usual / time.Second), Guess: int(guess / time.Second),
		Slow: int(cmp.Or(s.Slow, defaultSlow) / time.Second),
	}
	if s.Form != nil && s.Kind == KindResend {
		v.Data.Files = fileData(s.Form)
	}
	for _, key := range scriptTexts {
		v.Data.Texts[key] = v.Texts[key]
	}
}

// printable drops what cannot be seen: control characters, and the marks that turn the reading direction, with which a
// text could make the words around it read as something else. Escaping is html/template's work, not done here.
func printable(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}
