package statement

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
)

//go:embed statement.tmpl.html
var page string

// sheet is what the template shows.
type sheet struct {
	Statement
	Name     string
	Money    string
	Bill     string
	Budget   string
	Spend    chart
	Services []panel
	Notes    []string
}

// panel is one service with its charts.
type panel struct {
	Service
	Bars, Heat, Wakes chart
	Known             int // wakes
}

// HTML writes the statement as one file that needs nothing beside it: no script, no font, no picture from elsewhere.
func (s Statement) HTML(out io.Writer) error {
	t, err := template.New("statement").Funcs(template.FuncMap{
		"amount": func(x float64) string { return fmt.Sprintf("%.2f", x) },
		"hours":  func(x float64) string { return fmt.Sprintf("%.1f h", x) },
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("read the statement's template: %w", err)
	}
	if err := t.Execute(out, s.sheet()); err != nil {
		return fmt.Errorf("write the statement: %w", err)
	}
	return nil
}

func (s Statement) sheet() sheet {
	page := sheet{
		Statement: s, Name: s.monthName(), Money: s.money(), Bill: s.billed(), Budget: s.spent(), Spend: spend(s),
	}
	begin, end := monthOf(s.At)
	days := int(end.Sub(begin).Hours() / hours)
	for _, svc := range s.Services {
		wakes := wakesByDay(svc, s.Month)
		page.Services = append(page.Services, panel{
			Service: svc, Heat: heat(svc), Known: len(svc.Wakes),
			Bars:  bars("Awake hours a day: "+svc.Name, awakeHours(svc), days, hours, "h"),
			Wakes: bars("Wakes a day: "+svc.Name, wakes, days, max(4, nice(slices.Max(append(wakes, 1)))), ""),
		})
	}
	for _, f := range s.Freezes {
		page.Notes = append(page.Notes, "Frozen: "+f.text())
	}
	for _, f := range s.Findings {
		page.Notes = append(page.Notes, f.words())
	}
	return page
}

func awakeHours(svc Service) (list []float64) {
	for _, d := range svc.Days {
		list = append(list, d.Awake)
	}
	return list
}
