package budget

import (
	"math"
	"slices"
	"time"
)

// resetBy is how long after the month's turn a point may still tell of the month before. Until then a point counts only
// once the charges were seen to fall. AWS does not say when it resets them: hours, as points are hours late. To wait
// for longer costs little, as the charges fall in nearly every account, and freezing all for last month's bill would be
// the worst mistake that the guard could make.
const resetBy = 3 * 24 * time.Hour

// reading is what one series of meter 1 says.
type reading struct {
	points  []Point // of this month, in order
	earlier []Point // of the month before, in order
}

// read takes what a series says at now. Points of the future and values that are no amounts are left out.
func read(points []Point, now time.Time) reading {
	sane := make([]Point, 0, len(points))
	for _, p := range points {
		if !p.At.After(now) && finite(p.USD) {
			sane = append(sane, p)
		}
	}
	slices.SortStableFunc(sane, func(a, b Point) int { return a.At.Compare(b.At) })
	month := MonthStart(now)
	first, _ := slices.BinarySearchFunc(sane, month, func(p Point, t time.Time) int { return p.At.Compare(t) })
	reset := first + turned(sane[first:], sane[:first], month)
	return reading{points: sane[reset:], earlier: sane[:reset]}
}

// turned is the index of the first point that is surely of this month's charges.
func turned(points, before []Point, month time.Time) int {
	last := math.Inf(-1)
	if len(before) > 0 {
		last = before[len(before)-1].USD
	}
	for i, p := range points {
		if p.USD < last || !p.At.Before(month.Add(resetBy)) {
			return i
		}
		last = p.USD
	}
	return len(points)
}

func (r reading) newest() (Point, bool) {
	if len(r.points) == 0 {
		return Point{}, false
	}
	return r.points[len(r.points)-1], true
}

// week is how many days tell what is usual beside catnap.
const week = 7

// daily picks the newest point and as many as a week has days, each at least a day older than the one before it.
func daily(points []Point) []Point {
	var marks []Point
	for _, p := range slices.Backward(points) {
		if len(marks) == 0 || !p.At.After(marks[len(marks)-1].At.Add(-24*time.Hour)) {
			marks = append(marks, p)
		}
		if len(marks) == week+1 {
			break
		}
	}
	return marks
}

// trimmed is the mean without the greatest and the least, if there are enough; zero of none.
func trimmed(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	if len(sorted) >= 3 {
		sorted = sorted[1 : len(sorted)-1]
	}
	var sum float64
	for _, x := range sorted {
		sum += x
	}
	return sum / float64(max(1, len(sorted)))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
