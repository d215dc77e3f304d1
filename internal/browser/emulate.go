package browser

import (
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// NoScript turns JavaScript off for the pages that are opened next. The methods of Tab still work: they come from
// outside.
func (tab *Tab) NoScript() {
	tab.t.Helper()
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Languages are what the visitor prefers, best first. The browser makes the header's weights of their order.
func (tab *Tab) Languages(tags ...string) {
	tab.t.Helper()
	agent := Eval[string](tab, "navigator.userAgent")
	call(tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: agent, AcceptLanguage: strings.Join(tags, ","),
	})
}

// Still shows the page to a visitor who prefers this scheme, "light" or "dark", and nothing that moves.
func (tab *Tab) Still(scheme string) {
	tab.t.Helper()
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// TimeZone is the visitor's, such as "UTC".
func (tab *Tab) TimeZone(name string) {
	tab.t.Helper()
	call(tab, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name})
}

// Size is that of the window's inside, in CSS pixels.
func (tab *Tab) Size(width, height int64) {
	tab.t.Helper()
	call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1,
	})
}

// Picture is a PNG of what is in the window.
func (tab *Tab) Picture() []byte {
	tab.t.Helper()
	return call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{}).Data
}

// Before runs a script in each page that is opened from now on, before the page's own.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}
