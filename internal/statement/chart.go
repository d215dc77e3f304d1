package statement

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A chart is drawn for a phone, 360 units wide, and enlarged on wider screens: its labels are readable everywhere.
const (
	chartWidth  = 360
	chartHeight = 170
	left        = 34 // of the axis
	right       = 8
	top         = 10
	bottom      = 22
)

// box is a rectangle of a chart.
type box struct {
	X, Y, W, H float64
	Title      string
	Kind       string  // its class
	Opacity    float64 // of the fill
}

// mark is a line with a label: of an axis, or a limit.
type mark struct {
	X1, Y1, X2, Y2 float64
	Label          string
	LX, LY         float64 // where the label stands
	Kind           string
}

// chart is one drawing. Its members are what the template needs; there is no script in it.
type chart struct {
	Title  string // what a screen reader says of the whole
	Height float64
	Boxes  []box
	Marks  []mark
	Lines  []line
}

type line struct{ Points, Kind string }

const plotWidth, plotHeight = chartWidth - left - right, chartHeight - top - bottom

// scaleX is where a day of a month of n begins; scaleY where a value stands of a most.
func scaleX(i float64, n int) float64 { return round(left + i*plotWidth/float64(n)) }

func scaleY(value, most float64) float64 { return round(top + plotHeight*(1-value/most)) }

func round(x float64) float64 { return math.Round(x*10) / 10 }

// bars draws a value a day, all days of the month beside each other.
func bars(title string, values []float64, days int, most float64, unit string) chart {
	c := chart{Title: title, Height: chartHeight}
	c.Marks = append(levels(most, unit), dayMarks(days, chartHeight-8)...)
	width := float64(plotWidth) / float64(days)
	for i, v := range values {
		y := scaleY(min(v, most), most)
		c.Boxes = append(c.Boxes, box{
			X: scaleX(float64(i), days), Y: y, W: round(width * 0.8), H: round(top + plotHeight - y),
			Title: fmt.Sprintf("%d: %s %s", i+1, short(v), unit), Kind: "bar", Opacity: 1,
		})
	}
	return c
}

// levels are four lines across a chart.
func levels(most float64, unit string) (list []mark) {
	const n = 4
	for i := range n + 1 {
		value := most * float64(i) / n
		y := scaleY(value, most)
		label := short(value)
		if i == n {
			label = strings.TrimSpace(label + " " + unit)
		}
		list = append(list, mark{
			X1: left, Y1: y, X2: chartWidth - right, Y2: y, Label: label, LX: left - 4, LY: y + 4, Kind: "level",
		})
	}
	return list
}

// dayMarks label every fifth day.
func dayMarks(days int, y float64) (list []mark) {
	for day := 1; day <= days; day++ {
		if day == 1 || day%5 == 0 {
			x := scaleX(float64(day)-0.6, days)
			list = append(list, mark{X1: x, X2: x, Y1: y, Y2: y, Label: fmt.Sprint(day), LX: x, LY: y, Kind: "day"})
		}
	}
	return list
}

func short(v float64) string {
	if v == math.Trunc(v) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

const (
	cellHeight = 9.0
	hours      = 24
)

// heat draws each hour of each day, the stronger the longer it was awake. An hour of which nothing is known is an
// outline.
func heat(svc Service) chart {
	c := chart{Title: "Awake by day and hour: " + svc.Name, Height: top + cellHeight*float64(len(svc.Days)) + bottom}
	const width = float64(plotWidth) / hours
	for i, d := range svc.Days {
		y := top + cellHeight*float64(i)
		if i == 0 || (i+1)%5 == 0 {
			c.Marks = append(c.Marks, mark{Label: d.Date[len(d.Date)-2:], LX: left - 4, LY: y + 8, Kind: "level"})
		}
		for h, minutes := range d.Hours {
			b := box{
				X: round(left + width*float64(h)), Y: y, W: round(width - 1), H: cellHeight - 1, Kind: "unknown", Opacity: 1,
				Title: fmt.Sprintf("%s %02d:00: not known", d.Date, h),
			}
			if minutes != nil {
				b.Kind, b.Opacity = "cell", opacity(*minutes)
				b.Title = fmt.Sprintf("%s %02d:00: %.0f min", d.Date, h, *minutes)
			}
			c.Boxes = append(c.Boxes, b)
		}
	}
	for h := 0; h <= hours; h += 6 {
		x := round(left + width*float64(h))
		c.Marks = append(c.Marks, mark{
			Label: fmt.Sprintf("%d h", h), LX: min(x, chartWidth-14), LY: c.Height - 8, Kind: "day",
		})
	}
	return c
}

// opacity lets a minute be seen, and tells none from some.
func opacity(minutes float64) float64 {
	if minutes == 0 {
		return 0.08
	}
	return round(10*(0.25+0.75*min(minutes, 60)/60)) / 10
}

// wakesByDay counts those that are known.
func wakesByDay(svc Service, month string) []float64 {
	counts := make([]float64, len(svc.Days))
	for _, w := range svc.Wakes {
		if day := w.At.Day(); w.At.Format("2006-01") == month && day <= len(counts) {
			counts[day-1]++
		}
	}
	return counts
}

// spend draws the bill, the forecast and the limit.
func spend(s Statement) chart {
	begin, end := monthOf(s.At)
	days := int(end.Sub(begin).Hours() / hours)
	most := nice(max(s.Limit, s.Forecast, s.Spent, 1))
	c := chart{Title: fmt.Sprintf("Spend of %s against the budget, in %s", s.monthName(), s.Currency), Height: chartHeight}
	c.Marks = append(levels(most, ""), dayMarks(days, chartHeight-8)...)
	at := func(t time.Time, amount float64) string {
		return fmt.Sprintf("%g,%g", scaleX(t.Sub(begin).Hours()/hours, days), scaleY(amount, most))
	}
	points := []string{at(begin, 0)}
	for _, p := range s.Bill {
		points = append(points, at(p.At, p.Amount))
	}
	points = append(points, at(s.At, s.Spent))
	c.Lines = []line{
		{strings.Join(points, " "), "spent"}, {at(s.At, s.Spent) + " " + at(end, s.Forecast), "forecast"},
	}
	if s.Limit > 0 {
		y := scaleY(s.Limit, most)
		c.Marks = append(c.Marks, mark{
			X1: left, X2: chartWidth - right, Y1: y, Y2: y, Label: "limit", LX: left + 4, LY: y - 4, Kind: "limit",
		})
	}
	return c
}

func monthOf(t time.Time) (begin, end time.Time) {
	begin = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return begin, begin.AddDate(0, 1, 0)
}

// nice is the next number above that people count in.
func nice(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range []float64{1, 2, 4, 6, 8, 10} {
		if step*unit >= x*1.05 {
			return step * unit
		}
	}
	return 20 * unit
}
