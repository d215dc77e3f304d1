package wire

import "reflect"

// FillJSON fills an SDK struct from JSON, for tests that compare what the CLI printed.
func FillJSON(scope string, text []byte, into any) error {
	v, err := parseJSON(text)
	if err != nil {
		return err
	}
	return filler{jsonReader{}, func(field string) string { return Member(scope, field) }}.fill(into, v)
}

// Member names a member as the service does whose signatures have this scope.
func Member(scope, field string) string {
	if scope == "ecs" {
		return lowerFirst(field)
	}
	return asItIs(field)
}

// MaxBody is the limit on bodies.
const MaxBody = maxBody

// PrintJSON writes an SDK struct as the CLI takes it.
func PrintJSON(scope string, v any) ([]byte, error) {
	member := func(field string) string { return Member(scope, field) }
	members, err := grower{jsonScalar, member}.object(reflect.ValueOf(v).Elem())
	if err != nil {
		return nil, err
	}
	return printJSON(members)
}
