package compose

import "testing"

// TestFind: a path of the merged model leads to the line where somebody would look.
func TestFind(t *testing.T) {
	d := &document{file: "compose.yml", text: []byte(`x-all: &all
  restart: always
  environment:
    A: 1
services:
  web:
    <<: *all
    image: x
    ports:
      - 80:80
      - target: 81
    environment:
      - AB=1
      - A=1
      - B
      - C:D
    depends_on: [db,
      cache]
    tmpfs: /run
    command: >-
      one
      two
  "a.b":
    <<: [{image: y}, *all]
    image: z
`)}
	if wrong := d.parse(); wrong != nil {
		t.Fatal(wrong)
	}
	for _, c := range []struct {
		path path
		want int
	}{
		{at("services"), 5},
		{at("services", "web"), 6},
		{at("services", "web", "image"), 8},
		{at("services", "web", "restart"), 2},
		{at("services", "web", "ports", "[0]"), 10},
		{at("services", "web", "ports", "[1]", "target"), 11},
		{at("services", "web", "ports", "[9]", "target"), 9},
		{at("services", "web", "environment", "A"), 14},
		{at("services", "web", "environment", "AB"), 13},
		{at("services", "web", "environment", "B"), 15},
		{at("services", "web", "environment", "C"), 16},
		{at("services", "web", "environment", "D"), 12},
		{at("services", "web", "depends_on", "db"), 17},
		{at("services", "web", "depends_on", "cache", "condition"), 18},
		{at("services", "web", "tmpfs", "[0]"), 19},
		{at("services", "web", "command"), 20},
		{at("services", "a.b", "environment", "A"), 4},
		{at("services", "a.b", "image"), 25},
		{at("services", "none", "image"), 5},
		{at("volumes", "data"), 1},
	} {
		if n, _ := d.root.find(c.path); n.line != c.want {
			t.Errorf("%s is at line %d, want %d", c.path, n.line, c.want)
		}
	}
}
