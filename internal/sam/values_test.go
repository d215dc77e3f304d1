package sam

import "strings"

var long = strings.Repeat("a", 256)

// values are taken and refused ones for each parameter.
var values = map[string]struct{ taken, refused []string }{
	"ServiceName": {
		taken:   []string{"web", "w", "City-Guide", "0", strings.Repeat("a", 25)},
		refused: []string{"", "-web", "web-", "we b", "we.b", "we_b", strings.Repeat("a", 26), "web/x"},
	},
	"Cluster": {
		taken:   []string{"shop", "Shop_1-a", long[:255]},
		refused: []string{"", "arn:aws:ecs:eu-west-3:123456789012:cluster/shop", `sh"op`, "shop/web", long, "*"},
	},
	"Service": {
		taken:   []string{"web", "Shop_1-a", long[:255]},
		refused: []string{"", "arn:aws:ecs:eu-west-3:123456789012:service/shop/web", `w"eb`, "shop/web", long, "*"},
	},
	"ServiceTargetGroupArn": {
		taken: []string{
			elbARN + "targetgroup/web/0123456789abcdef",
			"arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/a-b/0",
		},
		refused: []string{
			"", "web", elbARN + "targetgroup/web", elbARN + "loadbalancer/app/web/0123456789abcdef", " " + elbARN,
		},
	},
	"ListenerArn": {
		taken: []string{elbARN + "listener/app/shop/0123456789abcdef/23456789abcdef01"},
		refused: []string{
			"", elbARN + "listener/net/shop/0123456789abcdef/23456789abcdef01",
			elbARN + "loadbalancer/app/shop/0123456789abcdef", elbARN + "listener/app/shop/0123456789abcdef",
			elbARN + "listener-rule/app/shop/0/1/2",
		},
	},
	"ProbePath": {
		taken:   []string{"/", "/health", "/a/b?c=d&e=%20f", "/~x/y.html", "//x"},
		refused: []string{"", "health", "/%", "/%zz", `/"`, `/\`, "/a b", "/é", "/" + strings.Repeat(long, 2)},
	},
	"WakeCount":    {taken: []string{"1", "10"}, refused: []string{"0", "11", "-1", "1.5", "1e1", "01", "", "two"}},
	"WakesPerHour": {taken: []string{"0", "9", "10", "19", "20"}, refused: []string{"21", "-1", "00", "1.5", ""}},
	"MonthlyLimit": {taken: []string{"0", "1", "30", "999999"}, refused: []string{"", "-1", "030", "30.5", "1000000", "$30"}},
	"PriorityBase": {
		taken:   []string{"0", "1", "9", "10", "999", "1000", "4999"},
		refused: []string{"", "00", "01", "5000", "10000", "-1", "1 "},
	},
	"HostHeader": {
		taken:   []string{"", "example.com", "*.example.com", "a?.Example.com", long[:128]},
		refused: []string{"a b", "a,b", "a/b", "a:80", `a"`, long[:129]},
	},
	"PathPatterns": {
		taken: []string{
			"/*", "/", "/shop/*", "/shop/*,/api/v?/*", "/a,/b,/c", "/*,/a", "/~a/$b/'c'@:+&", "/a/.b", "/" + long[:127],
		},
		refused: []string{
			"", "shop/*", "/a,", ",/a", "/a, /b", "/a,/b,/c,/d", "/.catnap/*", "/.well-known/*", `/"`, `/\`, "/" + long[:128],
		},
	},
	"BypassMode": {taken: []string{"load_balancer", "off"}, refused: []string{"", "on", "false"}},
	"LoadBalancerDnsName": {
		taken: []string{"", "shop-1.eu-west-3.elb.amazonaws.com", "internal-Shop-1.eu-west-3.elb.amazonaws.com"},
		refused: []string{
			"shop", "https://shop.example.com", "shop.example.com:80", "shop.example.com/", "a..b", "-a.b", `a".b`,
		},
	},
	"BypassScheme": {taken: []string{"http", "https"}, refused: []string{"", "HTTP", "tcp"}},
	"BypassPort": {
		taken:   []string{"", "1", "80", "8080", "10000", "65535"},
		refused: []string{"0", "080", "65536", "70000", "100000", "a", "-1"},
	},
	"IdleAfter": {
		taken:   []string{"2m", "5m", "15m", "99m", "100m", "719m", "720m", "1h", "9h", "12h"},
		refused: []string{"", "0m", "1m", "721m", "730m", "800m", "0h", "13h", "20h", "5", "300s", "1h30m", "1d"},
	},
	"WakeMode": {taken: []string{"always", "navigation", "javascript"}, refused: []string{"", "never"}},
	"Prefix": {
		taken:   []string{"/catnap", "/team/catnap", "/a/b/c/d/e", "/Team_1.x-y"},
		refused: []string{"", "catnap", "/", "/catnap/", "/a//b", "/a b", "/a/b/c/d/e/f", "/*"},
	},
	"LogLevel":         {taken: []string{"DEBUG", "INFO", "WARN", "ERROR"}, refused: []string{"", "info", "TRACE"}},
	"WakerTimeout":     {taken: []string{"15", "19", "20", "60", "100", "899", "900"}, refused: []string{"14", "901", "", "60s", "60.5", "1000"}},
	"WakerConcurrency": {taken: []string{"0", "1", "99", "1000"}, refused: []string{"-1", "1001", "", "0.0", "00"}},
	"DashboardMode":    {taken: []string{"create", "none"}, refused: []string{"", "on", "no"}},
	"OperatorTokenSHA256": {
		taken:   []string{"", strings.Repeat("0a", 32)},
		refused: []string{"secret", strings.Repeat("0A", 32), strings.Repeat("0a", 31), strings.Repeat("0a", 33)},
	},
	"AlarmTopicArn": {
		taken: []string{
			"", "arn:aws:sns:eu-west-3:123456789012:alarms", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:A_b-1",
		},
		refused: []string{
			"alarms", "arn:aws:sns:eu-west-3:123456789012:alarms.fifo", "arn:aws:sqs:eu-west-3:123456789012:alarms",
		},
	},
}
