package compose

import (
	"maps"
	"slices"
	"strings"
)

// sources are the files that a task is made of: the one asked for, what it includes, and what services of it extend.
type sources struct {
	// whole has the file asked for first and then the included ones.
	whole []*document
	files map[string]*document
}

func (s *sources) main() *document { return s.whole[0] }

// readSources follows `include` and `extends`. It never fails: what is wrong is in the report.
func readSources(file string, in variables, r *report) {
	s := &sources{files: map[string]*document{}}
	r.src = s
	main, wrong := readDocument(file)
	s.whole, s.files[file] = []*document{main}, main
	if wrong != nil {
		r.problems = append(r.problems, *wrong)
		return
	}
	s.follow(main, in, r)
}

// reference is a place in a file that names another file.
type reference struct {
	path     path
	file     string
	included bool
}

func (s *sources) follow(d *document, in variables, r *report) {
	for _, ref := range d.references() {
		name, err := in.fill(ref.file)
		if err != nil {
			continue // reported where all variables are looked at
		}
		name = beside(d.file, name)
		if s.files[name] != nil {
			continue // one that includes itself is compose-go's to find
		}
		other, wrong := readDocument(name)
		if wrong != nil && other.text == nil {
			r.add(ref.path, name+" "+wrong.Text)
		} else if wrong != nil {
			r.problems = append(r.problems, *wrong)
		}
		s.files[name] = other
		if ref.included {
			s.whole = append(s.whole, other)
		}
		s.follow(other, in, r)
	}
}

// references are in the order of the file for includes, then by service.
func (d *document) references() []reference {
	var refs []reference
	if include := d.root.step("include"); include != nil {
		include.walk(at("include"), func(p path, n *node) {
			if file, ok := n.value.(string); ok && (p[len(p)-1] == "path" || len(p) == 2 || p[len(p)-2] == "path") {
				refs = append(refs, reference{p, file, true})
			}
		})
	}
	if services := d.root.step("services"); services != nil {
		for _, name := range slices.Sorted(maps.Keys(services.fields)) {
			if file, _ := services.fields[name].extends(); file != "" {
				refs = append(refs, reference{at("services", name, "extends", "file"), file, false})
			}
		}
	}
	return refs
}

// extends returns the file, if it is another one, and the service that a service is an extension of.
func (n *node) extends() (file, service string) {
	ext := n.step("extends")
	if ext == nil {
		return "", ""
	}
	if service, ok := ext.value.(string); ok {
		return "", service
	}
	if f := ext.step("file"); f != nil {
		file, _ = f.value.(string)
	}
	if s := ext.step("service"); s != nil {
		service, _ = s.value.(string)
	}
	return file, service
}

// checkExtends: a service that extends another must find it.
func (r *report) checkExtends() {
	main := r.src.main()
	services := main.root.step("services")
	if services == nil || main.root.step("include") != nil {
		return // an included file may have it, which compose-go knows
	}
	for _, name := range slices.Sorted(maps.Keys(services.fields)) {
		file, base := services.fields[name].extends()
		d := main
		if file != "" {
			d = r.src.files[beside(main.file, file)]
		}
		if base == "" || d == nil {
			continue
		}
		if _, depth := d.root.find(at("services", base)); depth < 2 {
			r.add(at("services", name, "extends"), quote(base)+" must be a service of "+d.file)
			r.breaks(at("services", name))
		}
	}
}

// place is where something stands, or what is nearest above it.
type place struct {
	file  string
	line  int
	depth int
	node  *node // nil unless it is the thing itself
}

// find looks for a path of the merged model in the files that it was merged from.
func (s *sources) find(p path) place {
	var best place
	for i, d := range s.whole {
		if found := s.look(d, p, 0); i == 0 || found.depth > best.depth {
			best = found
		}
	}
	return best
}

// mostHops ends services that extend each other in a circle.
const mostHops = 10

func (s *sources) look(d *document, p path, hops int) place {
	n, depth := d.root.find(p)
	found := place{d.file, n.line, depth, nil}
	if depth == len(p) {
		found.node = n
	}
	if len(p) < 2 || p[0] != "services" || hops == mostHops {
		return found
	}
	service, _ := d.root.find(p[:2])
	file, name := service.extends()
	if name == "" {
		return found
	}
	base := d
	if file != "" {
		base = s.files[beside(d.file, file)]
	}
	if base == nil {
		return found
	}
	// Lists of both are joined, so a position says little: the list's own line is right.
	if fields := fieldOf(p); fields < len(p) && !strings.HasPrefix(p[1], "[") {
		return s.look(d, p[:fields], hops)
	}
	if other := s.look(base, at("services", name).to(p[2:]...), hops+1); other.depth > depth {
		return other
	}
	return found
}
