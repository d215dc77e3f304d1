package page

import "time"

// Kind is which of its views the page shows first.
type Kind int

const (
	// KindWaking is the progress list; the only kind that opens the application by itself.
	KindWaking Kind = iota
	// KindFailed says that the service could not be started, and when to try again.
	KindFailed
	// KindFrozen says that the service is paused, without saying why: amounts are the operator's business.
	KindFrozen
	// KindLimited says that the service was started too often by itself within the hour, and asks for a click.
	KindLimited
	// KindResend keeps a form that could not be handed over in time, and offers to send it again.
	KindResend
)

// String is the id of the kind's section in views.tmpl.html.
func (k Kind) String() string {
	switch k {
	case KindFailed:
		return "failed"
	case KindFrozen:
		return "frozen"
	case KindLimited:
		return "limited"
	case KindResend:
		return "resend"
	default:
		return "waking"
	}
}

// State is what the page shows first; afterwards it follows /.catnap/status by itself.
type State struct {
	Kind Kind

	// Service is the name to show when Brand has none; empty means "The application", in the page's language. Longer
	// than 60 characters, it is cut.
	Service string

	// Nonce is put on the style and script elements, for [CSP]. Empty means no Content-Security-Policy is sent.
	Nonce string

	// Since is when the wake began, or failed; zero means now.
	Since time.Time

	// Now is the server's time. The page counts from it and never trusts the visitor's clock.
	Now time.Time

	// RetryAt is when it may be tried again: after a failure, at the end of a pause or of the hour whose wakes are used
	// up. Zero means unknown.
	RetryAt time.Time

	// Steps are the progress list of KindWaking; none means [DefaultSteps].
	Steps []Step

	// Refresh is how often a browser without JavaScript asks again while waking; zero means 5 s.
	Refresh time.Duration

	// Address is the path and the query of the page itself, for browsers without JavaScript: those that were opened with
	// a fragment look again only if it is named, and then lose the fragment. Empty means that they don't.
	Address string

	// Usual and Slow are the median and the 90th percentile of the last wakes; zero means not learned yet.
	Usual, Slow time.Duration

	// ByScript means that only the page's script wakes the service, by a POST: whoever runs no script starts nothing.
	ByScript bool

	// Form is what was posted, for KindResend; nil means that it could not be kept.
	Form *Form

	// Why is why the form was not handed over: "failed", "frozen", "asleep", or "waking", which empty means, too.
	Why string

	// AcceptLanguage is the visitor's header as it came.
	AcceptLanguage string

	Brand Brand

	// Template is the operator's complete own template, executed with a [View]; empty means the built-in page.
	Template string
}

// Brand is what the operator puts on the page. [CheckBrand] tells what is accepted; of what is not, nothing is shown.
type Brand struct {
	Name     string `json:"name,omitempty"`     // of the service, up to 60 characters
	Logo     string `json:"logo,omitempty"`     // a data: URI of an image
	Accent   string `json:"accent,omitempty"`   // "#rrggbb": buttons, bar and the active step
	Message  string `json:"message,omitempty"`  // a paragraph of plain text
	Language string `json:"language,omitempty"` // one of [Languages]; empty means the visitor's
	Links    []Link `json:"links,omitempty"`
}

// Link is a line below the page: to an https:, http:, mailto: or tel: address or to a path of the service.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Form is a form as it was posted. HTML itself changes little of it on the way back: line breaks become CR LF, as they
// already were when a browser sent them, and NUL and broken UTF-8 become U+FFFD. A field without a name is not sent.
type Form struct {
	Multipart bool // multipart/form-data, otherwise application/x-www-form-urlencoded
	Fields    []Field
}

// Field is one field of a form, in the order of the form.
type Field struct {
	Name, Value string

	// File means that the field is a file, with these bytes instead of a value. No filename: none was chosen.
	File           bool
	Filename, Type string
	Data           []byte
}
