// Command raw is a runtime without a library, which does what MODE says.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	switch os.Getenv("MODE") {
	case "exit":
		fmt.Print("cannot start")
		os.Exit(3)
	case "hang":
		select {}
	case "second": // the first start fails
		if _, err := os.Stat(os.Getenv("MARK")); err != nil {
			_ = os.WriteFile(os.Getenv("MARK"), nil, 0o600)
			os.Exit(1)
		}
		serve(nil)
	case "init error":
		call("POST", "init/error", `{"errorType":"Function.NoKey","errorMessage":"no key"}`)
		select {}
	case "answer and exit":
		id, event := next()
		call("POST", "invocation/"+id+"/response", event)
	case "misuse":
		serve(misuse)
	case "vague error":
		for {
			id, event := next()
			call("POST", "invocation/"+id+"/error", event)
		}
	case "endure": // a 413
		serve(func(id string) string {
			return call("POST", "invocation/"+id+"/response", strings.Repeat("x", 7<<20))
		})
	}
}

// serve answers with what the events are, or with what work returns.
func serve(work func(id string) string) {
	last := "none yet"
	for {
		id, event := next()
		answer := event
		if event == "last" {
			answer = last
		} else if work != nil {
			answer = work(id)
		}
		last = answer
		call("POST", "invocation/"+id+"/response", answer)
	}
}

// misuse makes the calls that the Runtime API refuses, and the one that it repeats.
func misuse(id string) string {
	again, _ := next()
	return strings.Join([]string{
		fmt.Sprint(again == id),
		call("POST", "invocation/other/response", "x"),
		call("POST", "invocation/other/error", "x"),
		call("POST", "init/error", "{}"),
		call("GET", "invocation/"+id+"/response", ""),
		call("POST", "invocation/next", ""),
		call("GET", "nowhere", ""),
		call("POST", "invocation/"+id+"/response", "the answer"),
		call("POST", "invocation/"+id+"/response", "another"),
		call("POST", "invocation/"+id+"/error", "{}"),
	}, "\n")
}

func next() (id, event string) {
	response, err := http.Get(url("invocation/next"))
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.Header.Get("Lambda-Runtime-Aws-Request-Id"), string(body)
}

func call(method, path, body string) string {
	request, _ := http.NewRequest(method, url(path), strings.NewReader(body))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", response.StatusCode, kind, text))
}

func url(path string) string {
	return "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/" + path
}
