package price

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

//go:embed prices.json
var shipped []byte

// Default returns the table that is compiled in.
func Default() Table { return compiledIn() }

// A file that does not parse fails every test of the package, so it is never shipped.
var compiledIn = sync.OnceValue(func() Table {
	t, err := Parse(shipped)
	if err != nil {
		panic(err)
	}
	return t
})

// file is how prices are written down.
type file struct {
	Date       string               `json:"date"`       // when they were compiled, as in 2026-11-25
	Currency   string               `json:"currency"`   // USD
	Sources    map[string]string    `json:"sources"`    // where prices are from, by a short name
	Everywhere map[Item]entry       `json:"everywhere"` // the same in all Regions of the file
	Regions    map[string]regionals `json:"regions"`
}

type regionals map[Item]entry

type entry struct {
	USD    *float64 `json:"usd"`
	Sure   Sure     `json:"sure"`
	Source string   `json:"source"` // a name in sources
}

// Parse reads a table: JSON with every item for each of its Regions, and unknown keys as errors. An error names the
// Region and the item and quotes what is wrong.
func Parse(text []byte) (Table, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Table{}, fmt.Errorf("read prices: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Table{}, errors.New("read prices: there is something behind the table")
	}
	if err := f.validate(); err != nil {
		return Table{}, fmt.Errorf("read prices: %w", err)
	}
	t := Table{date: f.Date, regions: make(map[string]map[Item]Price, len(f.Regions))}
	for _, region := range slices.Sorted(maps.Keys(f.Regions)) {
		prices, err := f.prices(region)
		if err != nil {
			return Table{}, fmt.Errorf("read prices: Region %q: %w", region, err)
		}
		t.regions[region] = prices
	}
	return t, nil
}

func (f file) validate() error {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return fmt.Errorf("date: %q must be a day like 2026-11-25", f.Date)
	}
	if f.Currency != "USD" {
		return fmt.Errorf("currency: %q must be USD", f.Currency)
	}
	if len(f.Regions) == 0 {
		return errors.New("regions: there is none")
	}
	return nil
}

// prices are a Region's own and those that are the same everywhere.
func (f file) prices(region string) (map[Item]Price, error) {
	entries := maps.Clone(f.Everywhere)
	if entries == nil {
		entries = make(map[Item]entry)
	}
	maps.Copy(entries, f.Regions[region])
	prices := make(map[Item]Price, len(entries))
	for _, item := range slices.Sorted(maps.Keys(entries)) {
		p, err := f.price(item, entries[item])
		if err != nil {
			return nil, err
		}
		prices[item] = p
	}
	for _, item := range Items() {
		if _, ok := prices[item]; !ok {
			return nil, fmt.Errorf("%s: is missing", item)
		}
	}
	return prices, nil
}

func (f file) price(item Item, e entry) (Price, error) {
	if e.USD == nil {
		return Price{}, fmt.Errorf("%s: usd is missing", item)
	}
	if err := check(item, *e.USD); err != nil {
		return Price{}, err
	}
	if !slices.Contains([]Sure{Verified, Secondary, Inferred, Unsure}, e.Sure) {
		return Price{}, fmt.Errorf("%s: sure: %q must be V, S, I or U", item, e.Sure)
	}
	source, ok := f.Sources[e.Source]
	if !ok || source == "" {
		return Price{}, fmt.Errorf("%s: source: %q is not among the sources", item, e.Source)
	}
	return Price{USD: *e.USD, Sure: e.Sure, Source: source}, nil
}
