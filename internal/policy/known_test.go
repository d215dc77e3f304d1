package policy

import (
	"strings"
	"testing"
)

func TestKnownPathsAreWellFormed(t *testing.T) {
	for i, e := range knownPaths {
		middle := strings.Trim(e.pattern, "*")
		switch {
		case e.why == "":
			t.Errorf("%s: no reason", e.pattern)
		case e.pattern != strings.ToLower(e.pattern):
			t.Errorf("%s: not in lower case", e.pattern)
		case !strings.HasPrefix(e.pattern, "/") && !strings.HasPrefix(e.pattern, "*"):
			t.Errorf("%s: begins in the middle of a path", e.pattern)
		case strings.Contains(middle, "*") || len(middle) < 4:
			t.Errorf("%s: stars are for the ends, and something is to be between them", e.pattern)
		case strings.HasPrefix(e.pattern, reservedPrefix):
			t.Errorf("%s: never gets as far as the list", e.pattern)
		}
		for j, other := range knownPaths {
			if i != j && other.covers(e) {
				t.Errorf("%s: covered by %s", e.pattern, other.pattern)
			}
		}
	}
}

// covers tells whether e matches all that other does: its text, with something at each end that has a star.
func (e entry) covers(other entry) bool {
	text := other.pattern
	if strings.HasPrefix(text, "*") {
		text = "\x00" + text[1:]
	}
	if strings.HasSuffix(text, "*") {
		text = text[:len(text)-1] + "\x00"
	}
	return e.matches(text)
}

func TestKnownAgentsAreWellFormed(t *testing.T) {
	kinds := map[string]Caller{
		"monitor": CallerMonitor, "crawler": CallerCrawler, "preview": CallerCrawler, "scanner": CallerProbe,
	}
	for i, e := range knownAgents {
		kind, who, _ := strings.Cut(e.why, ": ")
		switch {
		case kinds[kind] != e.caller || who == "":
			t.Errorf("%s: the reason %q does not say what a %s it is", e.pattern, e.why, e.caller)
		case e.pattern != strings.ToLower(e.pattern) || strings.TrimSpace(e.pattern) != e.pattern || len(e.pattern) < 5:
			t.Errorf("%q: not in lower case, or too little to go by", e.pattern)
		}
		for j, other := range knownAgents {
			if i != j && strings.Contains(e.pattern, other.pattern) {
				t.Errorf("%s: covered by %s", e.pattern, other.pattern)
			}
		}
	}
}

func TestKnownPaths(t *testing.T) {
	for _, path := range []string{
		"/favicon.ico", "/FAVICON.ICO", "/apple-touch-icon.png", "/apple-touch-icon-120x120-precomposed.png",
		"/robots.txt", "/sitemap.xml", "/sitemap.xml.gz", "/ads.txt", "/.well-known/security.txt",
		"/.well-known/traffic-advice", "/.well-known/appspecific/com.chrome.devtools.json", "/.well-known/change-password",
		"/.well-known/gpc.json", "/.env", "/.env.production", "/api/.env", "/.git/config", "/.gitignore",
		"/.aws/credentials", "/.ssh/id_rsa", "/.vscode/sftp.json", "/.DS_Store", "/wp-login.php", "/wp-admin/",
		"/wp-json/wp/v2/users", "/xmlrpc.php", "/blog/wp-includes/wlwmanifest.xml", "/index.php",
		"/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/cgi-bin/luci/;stok=/locale", "/phpMyAdmin/index",
		"/boaform/admin/formLogin", "/HNAP1/", "/_ignition/execute-solution", "/server-status", "/owa/auth/logon.aspx",
		"/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application", "/autodiscover/autodiscover.json",
		"/manager/html", "/SDK/webLanguage", "/evox/about", "/nmaplowercheck1700000000", "/nice ports,/Trinity.txt.bak",
		"/backup.zip", "/dump.sql", "/site.bak", "/static/../../../etc/passwd",
		"/s/x/_/;/META-INF/maven/com.atlassian.jira/jira-webapp-dist/pom.properties",
	} {
		if !knownPath(path) {
			t.Errorf("%s is not known", path)
		}
	}
}

// What ordinary applications serve, and what their real clients look up before they call them.
func TestPathsThatWake(t *testing.T) {
	for _, path := range []string{
		"", "/", "/login", "/index.html", "/api/health", "/health", "/healthz", "/metrics", "/assets/x.js",
		"/img/favicon.ico", "/favicon-32x32.png", "/site.webmanifest", "/manifest.json", "/config.json", "/feed.xml",
		"/sitemap", "/sitemaps/new", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
		"/.well-known/oauth-protected-resource/mcp", "/.well-known/jwks.json", "/.well-known/webfinger",
		"/.well-known/acme-challenge/x", "/.well-known/matrix/server", "/.well-known/mta-sts.txt",
		"/.well-known/pki-validation/x.txt", "/.well-known/agent-card.json", "/.well-known/nodeinfo",
		"/.well-known/apple-developer-merchantid-domain-association", "/actuator/health", "/actuator/env", "/envelope",
		"/environment", "/wp", "/wordpress-hosting", "/sdk", "/pmap", "/git", "/owner", "/eco/1", "/remote",
		"/druid/index.html", "/telescope/requests", "/geoserver/web/", "/solr/", "/admin",
		"/user/repo/src/branch/main/.gitignore", "/docs/.env.example", "/backup", "/backups/1", "/database", "/console",
		"/manager", "/vendor/app.js", "/php", "/docs/php.html", "/sql/editor", "/etc", "/profile/self",
		"/server-status-page",
	} {
		if knownPath(path) {
			t.Errorf("%s wakes nothing", path)
		}
	}
}

func TestKnownAgent(t *testing.T) {
	for agent, want := range map[string]Caller{
		"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)": CallerMonitor,
		"Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)":                  CallerMonitor,
		"Prometheus/2.53.0":                                                               CallerMonitor,
		"Mozilla/5.0 (compatible; GoogleOther)":                                           CallerCrawler,
		"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)":                CallerCrawler,
		"Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)":             CallerCrawler,
		"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)":                      CallerCrawler,
		"WhatsApp/2.23.20.0 A":                                                            CallerCrawler,
		"Mozilla/5.0 zgrab/0.x":                                                           CallerProbe,
		"Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)": CallerProbe,
		"Expanse, a Palo Alto Networks company ... please send IP addresses/domains to: scaninfo@paloaltonetworks.com": CallerProbe,
	} {
		if got, _ := knownAgent(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// What may be the service's real clients.
func TestAgentsThatWake(t *testing.T) {
	for _, agent := range []string{
		"", "curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "Python/3.12 aiohttp/3.9.5", "python-httpx/0.27.0",
		"Go-http-client/1.1", "Go-http-client/2.0", "axios/1.7.2", "node", "undici", "okhttp/4.12.0",
		"Java-http-client/21.0.2", "Java/1.8.0_402", "Apache-HttpClient/4.5.14 (Java/17.0.10)", "PostmanRuntime/7.39.0",
		"HTTPie/3.2.2", "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "GitHub-Hookshot/2ac9f21",
		"Slackbot 1.0 (+https://api.slack.com/robots)", "TwilioProxy/1.1", "Amazon CloudFront",
		"AmazonAPIGateway_a1b2c3d4e5", "Amazon Simple Notification Service Agent", "aws-sdk-go-v2/1.30.0",
		"grpc-go/1.65.0", "k6/0.52.0 (https://k6.io/)", "Mastodon/4.3.0 (http.rb/5.2.0; +https://m.example/)",
		"APIs-Google (+https://developers.google.com/webmasters/APIs-Google.html)", "Google-Site-Verification/1.0",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Chrome-Lighthouse",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/470.0]",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [LinkedInApp]/9.29",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
	} {
		if got, found := knownAgent(agent); found {
			t.Errorf("%s is a %s", agent, got)
		}
	}
}
