package wire

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// latest is the end of the year 9999, after which a time has no form in RFC 3339.
const latest = 253402300799

// setNumber sets an integer or a float, of any size, from its digits. What does not fit is refused and never cut off.
func setNumber(to reflect.Value, digits string) error {
	bits := to.Type().Bits()
	if to.CanFloat() {
		f, err := strconv.ParseFloat(digits, bits)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%q is not a number", digits)
		}
		to.SetFloat(f)
		return nil
	}
	n, err := strconv.ParseInt(digits, 10, bits)
	if err != nil {
		return fmt.Errorf("%q is not an integer of %d bits", digits, bits)
	}
	to.SetInt(n)
	return nil
}

// setTime reads RFC 3339, with or without a fraction and a zone. [WIRE-09] A time without a zone is taken for UTC.
func setTime(to reflect.Value, text string) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			to.Set(reflect.ValueOf(at.UTC()))
			return nil
		}
	}
	return fmt.Errorf("%q is not a time", text)
}

// setSeconds sets a time from seconds since 1970, to the millisecond.
func setSeconds(to reflect.Value, seconds float64) error {
	if math.IsNaN(seconds) || math.Abs(seconds) > latest {
		return fmt.Errorf("%g is not a time", seconds)
	}
	to.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()))
	return nil
}
