package sandbox_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/passage"
	"github.com/catnap-dev/catnap/internal/price"
)

const costDocument = "../../docs/cost.md"

// spent is an amount of USD, rounded up. A hair less, so that sums of cents stay what they are.
func spent(usd float64) string { return fmt.Sprintf("%.2f", max(0, math.Ceil(usd*100-1e-6)/100)) }

// saved is one rounded down.
func saved(usd float64) string { return fmt.Sprintf("%.2f", math.Floor(usd*100+1e-6)/100) }

// TestCostDocument writes the tables of docs/cost.md, or holds it to them.
func TestCostDocument(t *testing.T) {
	for _, part := range []struct{ name, text string }{
		{"saved", savedTables(t)}, {"calls", callsTable()}, {"own", ownTable(t)}, {"goal", goalTable(t)},
	} {
		passage.Hold(t, costDocument, part.name, part.text, *update)
	}
}

// TestCostIsQuoted: what the README says of amounts, and the plan of hours, stands in the tables.
func TestCostIsQuoted(t *testing.T) {
	tables := readText(t, costDocument)
	for _, c := range []struct{ path, from, to, number string }{
		{"../../README.md", "## What it costs", "### A ceiling", `\d+\.\d\d|\d+ % less`},
		{"../../docs/seed.md", "| less than 25 €", "\n", ` \d+ (?:hours|in)`},
	} {
		_, text, _ := strings.Cut(readText(t, c.path), c.from)
		text, _, found := strings.Cut(text, c.to)
		quotes := regexp.MustCompile(c.number).FindAllString(text, -1)
		if !found || len(quotes) == 0 {
			t.Errorf("%s: nothing is quoted", c.path)
		}
		for _, quote := range quotes {
			number := strings.TrimSuffix(strings.TrimSuffix(quote, " hours"), " in")
			if !regexp.MustCompile(`\b` + strings.TrimSpace(number) + `\b`).MatchString(tables) {
				t.Errorf("%s: %q is not in the tables", c.path, quote)
			}
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const sharedBy = 4

func savedTables(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for i, region := range []string{"us-east-1", "eu-west-3"} {
		if i > 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "%s; a load balancer is %s USD:\n\n", region, spent(balancer(t, region)))
		text.WriteString("| task, in use | task | catnap | saved | with its own load balancer | with a quarter of one |\n")
		text.WriteString("| --- | --- | --- | --- | --- | --- |\n")
		for _, task := range []price.Task{smallTask, largeTask} {
			savedRows(t, &text, region, task)
		}
	}
	return text.String()
}

func savedRows(t *testing.T, text *strings.Builder, region string, task price.Task) {
	t.Helper()
	size := fmt.Sprintf("%g vCPU, %g GB", float64(task.CPU)/1024, float64(task.MemoryMiB)/1024)
	an, alb := hourly(t, region, task), balancer(t, region)
	always := an * monthHours
	fmt.Fprintf(text, "| %s, without catnap | %s | | | %s | %s |\n", size,
		spent(always), spent(always+alb), spent(always+alb/sharedBy))
	for _, m := range months {
		tasks, own := an*m.used().tasks, m.own(t, region, false)
		of := func(alb float64) string {
			return spent(tasks+own+alb) + " (" + share(100*(always-tasks-own)/(always+alb)) + ")"
		}
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s | %s |\n", m.name, spent(tasks), spent(own), saved(always-tasks-own),
			of(alb), of(alb/sharedBy))
	}
}

// share is how much less or more something costs, in percent, rounded against catnap.
func share(less float64) string {
	if less < 0 {
		return fmt.Sprintf("%.0f %% more", math.Ceil(-less))
	}
	return fmt.Sprintf("%.0f %% less", math.Floor(less))
}

func callsTable() string {
	c := counted()
	var text strings.Builder
	text.WriteString("| | an hour asleep | an hour in use | a visit, beside that | a run of the cost guard |\n")
	text.WriteString("| --- | --- | --- | --- | --- |\n")
	row := func(name string, of func(u use) float64) {
		fmt.Fprintf(&text, "| %s |", name)
		for _, u := range []use{c.asleep, c.inUse, c.visit, c.guard} {
			cell := ""
			if n := of(u); n > 0 {
				cell = strconv.FormatFloat(n, 'f', -1, 64) + " "
			}
			fmt.Fprintf(&text, " %s|", cell)
		}
		text.WriteString("\n")
	}
	for _, function := range []string{"waker", "reaper", "costguard"} {
		row("`"+function+"`, invocations", func(u use) float64 { return u.runs[function] })
		row("`"+function+"`, seconds", func(u use) float64 { return u.seconds[function] })
	}
	all := use{}.plus(1, c.asleep).plus(1, c.inUse).plus(1, c.visit).plus(1, c.guard)
	for _, operation := range slices.Sorted(maps.Keys(all.calls)) {
		row("`"+operation+"`", func(u use) float64 { return u.calls[operation] })
	}
	row("log, KB", func(u use) float64 { return u.logged / 1e3 })
	return text.String()
}

func ownTable(t *testing.T) string {
	t.Helper()
	const region = "eu-west-3"
	var text strings.Builder
	text.WriteString("| USD a month, " + region + "; in use | free a month |")
	for _, m := range months {
		fmt.Fprintf(&text, " %s |", m.name)
	}
	text.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(months)) + "\n")
	free := []string{
		"1 million", "400,000", "14 million", "1 million", "all", "5 GB with the next", "see above",
		"10", "3", "1,000",
	}
	for i, l := range ownBill(t, months[0].used()) {
		fmt.Fprintf(&text, "| %s | %s |", l.name, free[i])
		for _, m := range months {
			fmt.Fprintf(&text, " %s |", spent(ownBill(t, m.used())[i].usd(t, region, false)))
		}
		text.WriteString("\n")
	}
	for _, sum := range []struct {
		name     string
		freeTier bool
	}{{"at list prices", false}, {"less what is free", true}} {
		fmt.Fprintf(&text, "| **%s** | |", sum.name)
		for _, m := range months {
			fmt.Fprintf(&text, " %s |", spent(m.own(t, region, sum.freeTier)))
		}
		text.WriteString("\n")
	}
	return text.String()
}

const (
	goal = 25   // EUR a month
	rate = 1.08 // USD for one
)

func goalTable(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("| | us-east-1 | eu-west-3 |\n| --- | --- | --- |\n")
	row := func(name string, cell func(region string) string) {
		fmt.Fprintf(&text, "| %s | %s | %s |\n", name, cell("us-east-1"), cell("eu-west-3"))
	}
	row("the load balancer with two addresses, EUR", func(r string) string { return spent(balancer(t, r) / rate) })
	for _, eur := range []float64{2, 4} {
		row(fmt.Sprintf("hours of 1 vCPU and 2 GB for %g EUR", eur), func(r string) string {
			return fmt.Sprintf("%.0f", math.Floor(eur*rate/hourly(t, r, largeTask)))
		})
	}
	for _, c := range []struct {
		name     string
		share    float64
		freeTier bool
	}{
		{"a load balancer of its own, list prices", 1, false}, {"the same, less what is free", 1, true},
		{"a quarter of one, list prices", sharedBy, false}, {"the same, less what is free", sharedBy, true},
	} {
		for _, task := range []price.Task{smallTask, largeTask} {
			name := fmt.Sprintf("hours a month for %d EUR: %s; %g vCPU", goal, c.name, float64(task.CPU)/1024)
			row(name, func(r string) string {
				return affordable(t, r, task, balancer(t, r)/c.share, c.freeTier)
			})
		}
	}
	return text.String()
}

// affordable are the hours in use, in visits of two hours, that the goal is enough for.
func affordable(t *testing.T, region string, task price.Task, fixed float64, freeTier bool) string {
	t.Helper()
	an := hourly(t, region, task)
	hours := -1
	for h := 0; h <= monthHours; h++ {
		m := month{hours: float64(h), visits: float64(h) / 2}
		if fixed+m.own(t, region, freeTier)+an*min(monthHours, m.used().tasks) > goal*rate {
			break
		}
		hours = h
	}
	switch hours {
	case -1:
		return "not even asleep"
	case monthHours:
		return "all"
	default:
		return strconv.Itoa(hours)
	}
}
