package statement

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/catnap-dev/catnap/internal/report"
)

// Screen is what the text is for.
type Screen struct {
	Width  int  // in columns; zero means 80, and less than 40 is taken for 40
	Colour bool // it shows colours, and they are wanted
}

const (
	usualWidth = 80
	leastWidth = 40
	label      = 12 // columns of a row's name
)

func (c Screen) width() int {
	if c.Width == 0 {
		return usualWidth
	}
	return max(c.Width, leastWidth)
}

// Text is the statement for people.
func (s Statement) Text(c Screen) string {
	p := &paper{width: c.width(), colour: c.Colour}
	p.line("%s, up to %s, in %s", s.monthName(), s.At.Format("Mon 2006-01-02 15:04 MST"), s.money())
	p.row("spent", "%s", s.spent())
	p.row("bill", "%s", s.billed())
	p.row("forecast", "%.2f at the month's end", s.Forecast)
	p.row("always on", "the tasks would have cost %.2f so far: %.2f saved", s.AlwaysOn, s.Saved)
	p.row("fixed", "%s", s.fixed())
	for _, f := range s.Freezes {
		p.row("frozen", "%s", f.text())
	}
	if s.Thaw != nil {
		p.row("thawed", "the cost guard freezes nothing until %s", s.Thaw.Format(time.RFC3339))
	}
	for _, f := range s.Findings {
		p.row("note", "%s", f.words())
	}
	p.table(s.Services)
	for _, svc := range s.Services {
		p.awake(svc)
	}
	return p.String()
}

func (s Statement) monthName() string {
	return s.At.Format("January 2006")
}

// money names the currency, with the rate of one that is not the bill's.
func (s Statement) money() string {
	if s.Currency == "USD" {
		return "USD"
	}
	return fmt.Sprintf("%s at %g USD", s.Currency, s.Rate)
}

func (s Statement) spent() string {
	if s.Limit == 0 {
		return fmt.Sprintf("%.2f; there is no limit", s.Spent)
	}
	return fmt.Sprintf("%.2f of %.2f (%.0f %%); at least %.2f", s.Spent, s.Limit, 100*s.Spent/s.Limit, s.Proven)
}

func (s Statement) billed() string {
	if s.Billed == nil {
		return "says nothing of this month yet"
	}
	return fmt.Sprintf("%.2f, as of %s", *s.Billed, s.BilledTo.Format("2006-01-02 15:04 MST"))
}

func (s Statement) fixed() string {
	var parts []string
	for _, f := range s.Fixed {
		if f.Priced && f.Month > 0 {
			parts = append(parts, fmt.Sprintf("%s %.2f", f.Name, f.Month))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ") + " a month; prices of " + s.Prices
}

func (f Freeze) text() string {
	who := "everything"
	if f.Service != "" {
		who = f.Service
	}
	text := who + " until " + f.Until.Format(time.RFC3339) + report.By(f.By)
	if f.Reason != "" {
		text += ": " + f.Reason
	}
	return text
}

func (f Finding) words() string {
	if f.Subject == "" {
		return f.Text
	}
	return f.Subject + ": " + f.Text
}

// paper is text of a width.
type paper struct {
	strings.Builder
	width  int
	colour bool
}

func (p *paper) line(format string, args ...any) {
	p.WriteString(wrap(fmt.Sprintf(format, args...), p.width, 2) + "\n")
}

func (p *paper) row(name, format string, args ...any) {
	start := fmt.Sprintf("  %-*s", label, name)
	p.WriteString(wrap(start+fmt.Sprintf(format, args...), p.width, len(start)) + "\n")
}

// wrap breaks a line at spaces behind the hanging indent; a word that is longer stays whole.
func wrap(line string, width, hanging int) string {
	var lines []string
	runes := []rune(line)
	for len(runes) > width {
		at := lastSpace(runes, hanging, width)
		if at < 0 {
			break
		}
		lines = append(lines, strings.TrimRight(string(runes[:at]), " "))
		runes = append([]rune(strings.Repeat(" ", hanging)), runes[at+1:]...)
	}
	return strings.Join(append(lines, strings.TrimRight(string(runes), " ")), "\n")
}

func lastSpace(runes []rune, from, to int) int {
	for i := to; i > from; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	for i := to + 1; i < len(runes); i++ {
		if runes[i] == ' ' {
			return i
		}
	}
	return -1
}

func (p *paper) table(services []Service) {
	if len(services) == 0 {
		return
	}
	p.WriteString("\n")
	w := tabwriter.NewWriter(&p.Builder, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "SERVICE\tAWAKE\tCOST\tALWAYS ON\tSAVED\t")
	for _, s := range services {
		if !s.Priced {
			fmt.Fprintf(w, "%s\t%.1f h\t?\t?\t?\t\n", s.Name, s.AwakeHours)
			continue
		}
		fmt.Fprintf(w, "%s\t%.1f h\t%.2f\t%.2f\t%.2f\t\n", s.Name, s.AwakeHours, s.Cost, s.AlwaysOn, s.Saved)
	}
	_ = w.Flush() // to memory
}

// awake draws a bar for each day. A full line is a day of 24 hours, so that services can be compared.
func (p *paper) awake(svc Service) {
	p.WriteString("\n")
	p.line("%s: awake hours a day (UTC)", svc.Name)
	for _, d := range svc.Days {
		date, _ := time.Parse(time.DateOnly, d.Date) // its own
		start := fmt.Sprintf("  %s %4.1f ", date.Format("Mon 02"), d.Awake)
		bar := bar(d.Awake/24, p.width-len(start))
		p.WriteString(strings.TrimRight(start+p.paint(bar), " ") + "\n")
	}
}

const green = "32"

func (p *paper) paint(text string) string {
	if !p.colour || text == "" {
		return text
	}
	return "\x1b[" + green + "m" + text + "\x1b[0m"
}

// eighths are the blocks that end a bar.
var eighths = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// bar is a share of a width, to an eighth of a column.
func bar(share float64, width int) string {
	n := int(share*float64(width)*8 + 0.5)
	n = max(0, min(n, width*8))
	if share > 0 && n == 0 {
		n = 1 // little is not nothing
	}
	return strings.Repeat("█", n/8) + eighths[n%8]
}
