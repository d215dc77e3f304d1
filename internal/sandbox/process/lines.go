package process

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// longestLine is where a line without an end is cut: CloudWatch Logs takes no longer event.
const longestLine = 256 << 10

// lines passes on what is written to it, one whole line a call.
type lines struct {
	out io.Writer

	mu   sync.Mutex
	rest []byte // of a line that has not ended
}

func newLines(out io.Writer) *lines {
	if out == nil {
		out = io.Discard
	}
	return &lines{out: out}
}

// Write never fails: a process must not feel that nobody reads its log.
func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, text...)
	for {
		end := bytes.IndexByte(l.rest, '\n') + 1
		if end == 0 && len(l.rest) < longestLine {
			return len(text), nil
		}
		if end == 0 || end > longestLine {
			end = longestLine
		}
		l.pass(l.rest[:end])
		l.rest = l.rest[end:]
	}
}

// say adds lines of Lambda's own, each behind a whole line of the process.
func (l *lines) say(format string, args ...any) {
	l.flush()
	fmt.Fprintf(l, format+"\n", args...)
}

// flush ends a line that nobody will end any more.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.pass(l.rest)
		l.rest = nil
	}
}

func (l *lines) pass(line []byte) {
	if !bytes.HasSuffix(line, []byte("\n")) {
		line = append(bytes.Clone(line), '\n')
	}
	_, _ = l.out.Write(line)
}
