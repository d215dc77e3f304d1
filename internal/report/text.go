package report

import (
	"fmt"
	"strings"
	"time"
)

const (
	columns = 80
	indent  = 2
	label   = 15 // columns of a row's name
)

// page is text in rows: a name and what there is to say, wrapped.
type page struct{ strings.Builder }

func (p *page) head(format string, args ...any) {
	p.WriteString(wrap(fmt.Sprintf(format, args...), indent) + "\n")
}

func (p *page) row(name, format string, args ...any) {
	start := fmt.Sprintf("%*s%-*s ", indent, "", label, name)
	p.WriteString(wrap(start+fmt.Sprintf(format, args...), len(start)) + "\n")
}

// wrap breaks a line at spaces; what follows is indented. A word that is longer than a line is left as it is: it is a
// name that somebody may want to copy.
func wrap(line string, hanging int) string {
	var lines []string
	for len([]rune(line)) > columns {
		runes := []rune(line)
		at := strings.LastIndex(string(runes[:columns+1]), " ")
		if at <= hanging {
			next := strings.Index(line[min(len(line), hanging+1):], " ")
			if next < 0 {
				break
			}
			at = hanging + 1 + next
		}
		lines = append(lines, strings.TrimRight(line[:at], " "))
		line = strings.Repeat(" ", hanging) + strings.TrimLeft(line[at:], " ")
	}
	return strings.Join(append(lines, strings.TrimRight(line, " ")), "\n")
}

// clock writes moments as people at now and in a place read them.
type clock struct {
	now  time.Time
	zone *time.Location
}

// at is like "12:03:10 (4m ago)", with the date when that is not today.
func (c clock) at(t time.Time) string {
	t, now := t.In(c.zone), c.now.In(c.zone)
	layout := time.TimeOnly
	if t.Format(time.DateOnly) != now.Format(time.DateOnly) {
		layout = "Mon 2006-01-02 15:04:05"
	}
	return t.Format(layout) + " (" + c.distance(t) + ")"
}

// distance is like "4m ago" and "in 3h20m".
func (c clock) distance(t time.Time) string {
	switch ago, ahead := c.now.Sub(t), t.Sub(c.now); {
	case ago >= time.Second:
		return Span(ago) + " ago"
	case ahead >= time.Second:
		return "in " + Span(ahead)
	default:
		return "now"
	}
}

// Span writes a duration in the two largest units that matter: 42s, 4m, 3h20m, 2d5h.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < day:
		return both(d, time.Hour, "h", time.Minute, "m")
	default:
		return both(d, day, "d", time.Hour, "h")
	}
}

func both(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	text := fmt.Sprintf("%d%s", d/large, largeName)
	if rest := d % large / small; rest > 0 {
		text += fmt.Sprintf("%d%s", rest, smallName)
	}
	return text
}

// Ago is like "4m ago"; "never, as far as is known" for the zero time.
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return "never, as far as is known"
	}
	return clock{now: now}.distance(t)
}

// Count is like "1 task" and "2 tasks".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func spaces(n int) string { return strings.Repeat(" ", n) }
