package settings

// Document is a JSON document that is read as strictly as a service's settings: unknown keys, keys in another case and
// keys given twice are mistakes, and every mistake is named. It is for files of settings beside the parameters.
type Document struct {
	name    string
	decoder *decoder
	found   problems
}

// ReadDocument reads text into the struct that into points to; its name is in front of every problem. Fields without a
// value keep what they hold. A struct may be made of what a service's settings are made of; a map of any value is taken
// as it is.
func ReadDocument(name string, text []byte, into any) *Document {
	return &Document{name: name, decoder: decodeStrict(text, into)}
}

// Given tells whether there is a value at a path like "schedule.windows[0].from".
func (d *Document) Given(path string) bool { return d.decoder.given[path] }

// Check adds a problem unless ok, and returns ok: what stands at a path, as the message shows it, and what it must be.
func (d *Document) Check(ok bool, path, value, want string) bool {
	return d.found.check(ok, path, value, want)
}

// Err has one line for every problem. What could not be read is not reported a second time as missing or wrong.
func (d *Document) Err() error {
	return append(d.decoder.problems, d.found.without(d.decoder.problems)...).err(d.name)
}

// Quote shows a value in a message, and that a required one is missing.
func Quote(text string) string { return given(text) }
