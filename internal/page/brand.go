package page

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a brand. The logo travels in each page, and a page is to fit into a browser's first round trip.
const (
	maxLogo    = 16 * 1024
	maxMessage = 300
	maxLinks   = 6
	maxLink    = 60
	maxURL     = 500
)

var (
	accentForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	// logoForm lets through what an address is made of, so that no logo holds markup, written as such.
	logoForm = regexp.MustCompile(
		`^data:image/(svg\+xml|png|jpeg|gif|webp)(;charset=[A-Za-z0-9-]+|;utf8)?(;base64)?,[ !#-;=?-Z\[\]_a-z~|]+$`)
	pathForm = regexp.MustCompile(`^/([^/\\]|$)`)
)

// LinkView is a link whose address was checked.
type LinkView struct {
	Text string
	URL  template.URL
}

// CheckBrand returns an error that names what a brand must not have and quotes it. Nothing has to be set.
func CheckBrand(b Brand) error {
	if err := checkLength("name", b.Name, maxName); err != nil {
		return err
	}
	if err := checkLength("message", b.Message, maxMessage); err != nil {
		return err
	}
	if b.Accent != "" && !accentForm.MatchString(b.Accent) {
		return fmt.Errorf("accent %s must be a color like #2f6b5c", quote(b.Accent))
	}
	if b.Language != "" && !slices.Contains(Languages(), b.Language) {
		return fmt.Errorf("language %s must be one of %s", quote(b.Language), strings.Join(Languages(), ", "))
	}
	if err := checkLogo(b.Logo); err != nil {
		return err
	}
	return checkLinks(b.Links)
}

func checkLength(field, text string, limit int) error {
	if n := utf8.RuneCountInString(text); n > limit {
		return fmt.Errorf("%s %s has %d characters, at most %d are shown", field, quote(text), n, limit)
	}
	return nil
}

func checkLogo(logo string) error {
	switch {
	case logo == "":
		return nil
	case len(logo) > maxLogo:
		return fmt.Errorf("logo %s has %d bytes, at most %d are sent with each page", quote(logo), len(logo), maxLogo)
	case !logoForm.MatchString(logo):
		return fmt.Errorf("logo %s must be a data: URI of an image in svg+xml, png, jpeg, gif or webp, "+
			"in base64 or percent-encoded", quote(logo))
	}
	return nil
}

func checkLinks(links []Link) error {
	if len(links) > maxLinks {
		return fmt.Errorf("links has %d entries, at most %d are shown", len(links), maxLinks)
	}
	for i, link := range links {
		field := fmt.Sprintf("links[%d]", i)
		if strings.TrimSpace(link.Text) == "" {
			return fmt.Errorf("%s.text %s must not be empty", field, quote(link.Text))
		}
		if err := checkLength(field+".text", link.Text, maxLink); err != nil {
			return err
		}
		if err := checkURL(link.URL); err != nil {
			return fmt.Errorf("%s.url %s %w", field, quote(link.URL), err)
		}
	}
	return nil
}

// checkURL lets through what is safe to click: no javascript:, and no path that a browser reads as another host.
func checkURL(address string) error {
	if len(address) > maxURL {
		return fmt.Errorf("has %d bytes, at most %d", len(address), maxURL)
	}
	if pathForm.MatchString(address) {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("is no address")
	}
	switch {
	case (u.Scheme == "https" || u.Scheme == "http") && u.Host != "":
	case (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "":
	default:
		return errors.New("must begin with https:, http:, mailto:, tel: or a single /")
	}
	return nil
}

// quote shortens: a logo of kilobytes is of no help in a message of one line.
func quote(value string) string {
	const limit = 40
	if runes := []rune(value); len(runes) > limit {
		value = string(runes[:limit]) + "…"
	}
	return fmt.Sprintf("%q", value)
}

// setBrand shows what [CheckBrand] accepts, even if nobody has asked it.
func (v *View) setBrand(b Brand) {
	v.Message = printable(strings.ReplaceAll(b.Message, "\n", " "), maxMessage)
	if checkLogo(b.Logo) == nil {
		v.Logo = template.URL(b.Logo) //nolint:gosec // G203: checked to be an image
	}
	for _, link := range b.Links[:min(len(b.Links), maxLinks)] {
		if text := printable(link.Text, maxLink); text != "" && checkURL(link.URL) == nil {
			v.Links = append(v.Links, LinkView{text, template.URL(link.URL)}) //nolint:gosec // G203: checked
		}
	}
}
