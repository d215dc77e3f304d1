package statement_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/golden"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/statement"
)

var (
	update   = flag.Bool("update", false, "write the files of testdata anew")
	pictures = flag.String("pictures", "", "leave pictures of the report in this folder")
)

// hold compares with a file of testdata.
func hold(t *testing.T, name, got string) {
	t.Helper()
	golden.Hold(t, filepath.Join("testdata", name), got, *update)
}

// now is the 20th of a month of 30 days.
var now = time.Date(2026, time.November, 20, 12, 20, 0, 0, time.UTC)

func usage(awake func(at time.Time) float64) (list []budget.Bucket) {
	for at := now.AddDate(0, 0, -34).Truncate(time.Hour); at.Before(now); at = at.Add(time.Hour) {
		if at.Day() == 7 && at.Hour() < 6 {
			continue // not known
		}
		minutes := min(awake(at), now.Sub(at).Minutes())
		list = append(list, budget.Bucket{Start: at, Length: time.Hour, TaskMinutes: minutes, AwakeMinutes: minutes})
	}
	return list
}

// office is awake on week-days, and longer on some.
func office(at time.Time) float64 {
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday || at.Hour() < 8 || at.Hour() > 11+at.Day()%7 {
		return 0
	}
	return float64(20 + at.Day()*at.Hour()%41)
}

// shop is a month with two services, one of them without a price.
func shop() costguard.Look {
	b := settings.DefaultBudget()
	b.Limit, b.Currency, b.Rate = 25, "EUR", 1.08
	frozen := settings.Freeze{Until: now.Add(2 * time.Hour), By: settings.ByOperator, Reason: `a loop & "more"`}
	s := budget.Snapshot{
		Billing: budget.Billing{Read: true, Series: []budget.Series{{Points: []budget.Point{
			{At: now.AddDate(0, 0, -15), USD: 3}, {At: now.AddDate(0, 0, -10), USD: 7.5}, {At: now.AddDate(0, 0, -5), USD: 12},
			{At: now.Add(-8 * time.Hour), USD: 17.3},
		}}}},
		Services: []budget.Service{
			{Name: "web", Hourly: 0.0592, Priced: true, AlwaysOn: 1, Read: true, Buckets: usage(office), WakesRead: true},
			{Name: "api", AlwaysOn: 1, Read: true, WakesRead: true, Buckets: usage(func(time.Time) float64 { return 60 })},
		},
		Fixed: []budget.Fixed{
			{Name: "load balancer", ServiceName: "AWSELB", Hourly: 0.02646, Priced: true},
			{Name: "addresses", ServiceName: "AmazonVPC", Hourly: 0.01, Priced: true},
			{Name: "catnap", ServiceName: "AWSLambda"},
		},
	}
	var wakes []policy.Wake
	for i := range 12 {
		wakes = append(wakes, policy.Wake{At: now.AddDate(0, 0, -i/2).Add(-time.Hour), Took: 31 * time.Second})
	}
	return costguard.Look{
		At: now, Configured: true, Budget: b, Snapshot: s, Settings: b.Guard(), Prices: "2026-11-25",
		Decision: budget.Decide(s, b.Guard(), now),
		Services: []settings.Service{{Name: "web", Wakes: wakes}, {Name: "api", Freeze: frozen}},
		Created:  []time.Time{now.AddDate(0, 0, -10), {}},
	}
}

// nothing is an account without a budget, on a month's first minutes.
func nothing() costguard.Look {
	at := time.Date(2026, time.November, 1, 0, 3, 0, 0, time.UTC)
	b := settings.DefaultBudget()
	s := budget.Snapshot{
		Billing:  budget.Billing{Read: true, Series: []budget.Series{{}}},
		Services: []budget.Service{{Name: "web", Priced: true, Hourly: 0.1, Read: true}},
	}
	return costguard.Look{
		At: at, Budget: b, Snapshot: s, Settings: b.Guard(), Prices: "2026-11-25", Decision: budget.Decide(s, b.Guard(), at),
		Services: []settings.Service{{Name: "web"}}, Created: []time.Time{{}},
	}
}

func TestText(t *testing.T) {
	for name, width := range map[string]int{"shop.txt": 0, "shop-40.txt": 40} {
		text := statement.New(shop()).Text(statement.Screen{Width: width})
		hold(t, name, text)
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > max(width, 80) || width == 40 && n > 45 {
				t.Errorf("%s: %d columns: %q", name, n, line)
			}
		}
	}
	hold(t, "nothing.txt", statement.New(nothing()).Text(statement.Screen{}))
}

func TestColour(t *testing.T) {
	plain := statement.New(shop()).Text(statement.Screen{})
	colour := statement.New(shop()).Text(statement.Screen{Colour: true})
	if strings.Contains(plain, "\x1b") || !strings.Contains(colour, "\x1b[32m") {
		t.Error("colours are where they are not wanted, or not where they are")
	}
	if got := strings.NewReplacer("\x1b[32m", "", "\x1b[0m", "").Replace(colour); got != plain {
		t.Errorf("colours change the text:\n%s", cmp.Diff(plain, got))
	}
}

// TestJSON: programs rely on the names.
func TestJSON(t *testing.T) {
	text, err := json.MarshalIndent(statement.New(nothing()), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	hold(t, "nothing.json", string(text)+"\n")
}

func html(t *testing.T, l costguard.Look) string {
	t.Helper()
	var b strings.Builder
	if err := statement.New(l).HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHTML: it needs nothing beside it, its drawings are well-formed, and what people wrote is text and not markup.
func TestHTML(t *testing.T) {
	hostile := shop()
	hostile.Snapshot.Services[0].Name = `<script>alert(1)</script>`
	hostile.Services[1].Freeze.Reason = `<img src=x>`
	for name, look := range map[string]costguard.Look{"shop": shop(), "nothing": nothing(), "hostile": hostile} {
		text := strings.ReplaceAll(html(t, look), "&lt;img src=x&gt;", "")
		for _, banned := range banned {
			if strings.Contains(text, banned) {
				t.Errorf("%s: has %q", name, banned)
			}
		}
		drawings := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(text, -1)
		if want := 1 + 3*len(look.Snapshot.Services); len(drawings) != want {
			t.Errorf("%s: %d drawings, want %d", name, len(drawings), want)
		}
		for _, drawing := range drawings {
			wellFormed(t, drawing)
		}
	}
}

// banned would fetch something, or is what a template or a drawing says of a value that is none.
var banned = []string{
	"<script", "<img", "src=", "http:", "https:", "@import", "url(", "NaN", "Inf", "ZgotmplZ", "no value",
}

func wellFormed(t *testing.T, drawing string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(drawing))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%v in %.80s...", err, drawing)
			return
		}
	}
}
