package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
)

// bubble begins at 14:03:07 of the bubble's first day.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(14*time.Hour + 3*time.Minute + 7*time.Second)
		test(t)
	})
}

// utc is a clock that shows UTC whatever the machine's zone: lines are stamped in the clock's own.
func utc() clock.Clock { return clock.New(time.Now().UTC(), 1.0000000001) }

func expect(t *testing.T, out *bytes.Buffer, want ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(want, "\n")+"\n", out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	out.Reset()
}

// say logs what the reaper, the waker and the sandbox do.
func say(log *slog.Logger, phase, actor, action, reason string, more ...any) {
	log.Info("decision", append([]any{
		"service", "shop", "phase", phase, "actor", actor, "action", action, "reason", reason,
	}, more...)...)
}

func TestText(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Plain))
		say(log, "asleep", "reaper", "none", "asleep")
		say(log, "asleep", "waker", "start", "request", "caller", "navigation", "reply", "page")
		time.Sleep(90 * time.Second)
		say(log, "waking", "ecs", "task RUNNING", "")
		say(log, "awake", "waker", "disarm", "ready", "n", 3, "took", time.Second)
		log.Info("undone", "service", "shop", "action", "stop", "reason", "request")
		log.Info("listening", "addr", "127.0.0.1:8080")
		log.Warn("reaper failed", "actor", "scheduler", "cause", errors.New("no luck"))
		log.Info("a message that is longer than its column")
		log.Debug("nobody wants to know")
		expect(t, &out,
			"14:03:07  asleep   reaper     keep                    asleep",
			"14:03:07  asleep   waker      start                   request  caller=navigation reply=page",
			"14:04:37  waking   ecs        task RUNNING",
			"14:04:37  awake    waker      disarm                  ready  n=3 took=1s",
			"14:04:37                      stop                    request",
			"14:04:37                      listening               addr=127.0.0.1:8080",
			"14:04:37           scheduler  reaper failed           cause=no luck",
			"14:04:37                      a message that is longer than its column",
		)
	})
}

func TestValuesOfManyLinesBecomeOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Plain))
		cause := errors.Join(errors.New("one"), errors.New("two"))
		log.Warn("failed", "cause", cause, "text", "a\r\n\tb   c\n", "empty", "", "blank", "\n")
		expect(t, &out, "14:03:07                      failed                  cause=one two text=a b c empty= blank=")
	})
}

func TestJSON(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), JSON)).With("actor", "reaper")
		for range 2 { // the second is a repeat
			log.Info("decision", "service", "shop", "phase", "awake", "action", "none", "reason", "recent_activity")
		}
		log.WithGroup("flat").Warn("failed", "cause", errors.New("one\ntwo"), "took", time.Second)
		log.Debug("nobody wants to know")
		expect(t, &out,
			`{"time":"2000-01-01T14:03:07Z","level":"INFO","msg":"decision","service":"shop","phase":"awake",`+
				`"action":"none","reason":"recent_activity","actor":"reaper"}`,
			`{"time":"2000-01-01T14:03:07Z","level":"WARN","msg":"failed","cause":"one\ntwo","took":1000000000,`+
				`"actor":"reaper"}`,
		)
	})
}

func TestColour(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Colour))
		for _, phase := range []string{"asleep", "waking", "awake", "drowsy", "failed", "frozen", "other"} {
			say(log, phase, "reaper", "go", "quiet")
		}
		log.Warn("failed", "cause", "x")
		const time, action = "\x1b[2m14:03:07\x1b[0m  ", "  reaper     \x1b[1mgo                    \x1b[0m  quiet"
		expect(t, &out,
			time+"\x1b[34masleep \x1b[0m"+action,
			time+"\x1b[33mwaking \x1b[0m"+action,
			time+"\x1b[32mawake  \x1b[0m"+action,
			time+"\x1b[36mdrowsy \x1b[0m"+action,
			time+"\x1b[31mfailed \x1b[0m"+action,
			time+"\x1b[35mfrozen \x1b[0m"+action,
			time+"other  "+action,
			time+"                    \x1b[33mfailed                \x1b[0m  \x1b[2mcause=x\x1b[0m",
		)
	})
}

func TestADecisionToDoNothingIsWrittenWhenItIsNew(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Plain))
		written := func(want bool) {
			t.Helper()
			if got := out.Len() > 0; got != want {
				t.Errorf("written: %t, want %t: %s", got, want, out.String())
			}
			out.Reset()
		}
		keep := func(service, phase, reason string) {
			log.Info("decision", "service", service, "phase", phase, "action", "none", "reason", reason)
		}
		keep("shop", "asleep", "asleep")
		written(true)
		for range 3 {
			keep("shop", "asleep", "asleep")
			written(false)
		}
		keep("blog", "asleep", "asleep") // another service
		written(true)
		keep("shop", "asleep", "asleep")
		written(false)
		keep("shop", "asleep", "back_off") // another reason
		written(true)
		keep("shop", "failed", "back_off") // another phase
		written(true)
		keep("shop", "asleep", "asleep") // not the last one
		written(true)
		log.Info("listening", "service", "shop") // says nothing of a decision
		written(true)
		keep("shop", "asleep", "asleep")
		written(false)
		for range 2 { // actions are never repeats
			log.Info("decision", "service", "shop", "phase", "asleep", "action", "start", "reason", "request")
			written(true)
		}
		keep("blog", "asleep", "asleep")
		written(false)
		keep("shop", "asleep", "asleep") // news again after an action
		written(true)
	})
}

func TestRepeatsAreKnownAcrossLoggersOfOneHandler(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Plain)).With("service", "shop", "phase", "awake")
		for _, actor := range []string{"reaper", "waker"} {
			log.With("actor", actor).Info("decision", "action", "none", "reason", "recent_activity")
		}
		expect(t, &out, "14:03:07  awake    reaper     keep                    recent_activity")
	})
}

func TestLoggersDoNotShareTheirAttributes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		base := slog.New(New(&out, utc(), Plain)).With("a", 1)
		one, two := base.With("b", 2), base.With("c", 3)
		one.Info("x")
		two.Info("x")
		base.Info("x", "d", 4)
		expect(t, &out,
			"14:03:07                      x                       a=1 b=2",
			"14:03:07                      x                       a=1 c=3",
			"14:03:07                      x                       d=4 a=1",
		)
	})
}

func TestARecordIsNotChanged(t *testing.T) {
	bubble(t, func(t *testing.T) {
		record := slog.NewRecord(time.Unix(1, 0), slog.LevelInfo, "x", 0)
		record.Add("a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6)
		handler := New(io.Discard, utc(), Plain).WithAttrs([]slog.Attr{slog.Int("g", 7)})
		if err := handler.Handle(t.Context(), record); err != nil || record.NumAttrs() != 6 || record.Time.Unix() != 1 {
			t.Errorf("%d attributes, %s, %v", record.NumAttrs(), record.Time, err)
		}
	})
}

func TestLinesAreWholeWhoeverWrites(t *testing.T) {
	for _, form := range []Form{Plain, JSON} {
		bubble(t, func(t *testing.T) {
			var out bytes.Buffer // not safe by itself
			log := slog.New(New(&out, utc(), form))
			crowd(400, func() {
				log.Info("decision", "action", "start", "reason", "request", "text", strings.Repeat("x", 100))
			})
			line, _, _ := strings.Cut(out.String(), "\n")
			if want := strings.Repeat(line+"\n", 400); out.String() != want {
				t.Errorf("got %s", out.String())
			}
		})
	}
}

// crowd calls f n times, eight at a time.
func crowd(n int, f func()) {
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range n / 8 {
				f()
			}
		})
	}
	writers.Wait()
}

type broken struct{}

var errBroken = errors.New("broken pipe")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	for _, form := range []Form{Plain, JSON} {
		record := slog.NewRecord(time.Time{}, slog.LevelInfo, "x", 0)
		if err := New(broken{}, clock.Clock{}, form).Handle(context.Background(), record); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	}
}

func TestOnlyTerminalsAreColourful(t *testing.T) {
	open := func(name string) *os.File {
		t.Helper()
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() }) // one is closed already
		return file
	}
	device, file, closed := open(os.DevNull), open(t.TempDir()+"/log"), open(os.DevNull) // a device of characters, too
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, noColor, term string
		out                 io.Writer
		want                bool
	}{
		{"terminal", "", "xterm", device, true},
		{"unknown terminal", "", "", device, true},
		{"NO_COLOR", "1", "xterm", device, false},
		{"dumb", "", "dumb", device, false},
		{"file", "", "xterm", file, false},
		{"closed", "", "xterm", closed, false},
		{"buffer", "", "xterm", &bytes.Buffer{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			environment := map[string]string{"NO_COLOR": test.noColor, "TERM": test.term}
			getenv := func(name string) string { return environment[name] }
			if got := Colourful(test.out, getenv); got != test.want {
				t.Errorf("Colourful = %t", got)
			}
		})
	}
}

func TestOneLineAnEventWhateverTheColumnsHold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(New(&out, utc(), Plain))
		say(log, "wak\ning", "e\ncs", "task\r\nSTOPPED", "exec format error\nexit code 1")
		log.Info("two\nlines")
		expect(t, &out,
			"14:03:07  wak ing  e cs       task STOPPED            exec format error exit code 1",
			"14:03:07                      two lines",
		)
	})
}
