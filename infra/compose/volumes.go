package compose

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// The extensions of a volume. x-aws-efs is a mapping of file_system, access_point and root_directory: where in EFS it
// is kept, if not in an access point that is made for it. x-aws-ephemeral: true keeps it on the task's own disk.
const (
	inEFS     = ours + "efs"
	ephemeral = ours + "ephemeral"
)

// mounts are what a service sees of volumes and of memory.
func (c *conversion) mounts(s types.ServiceConfig) ([]Mount, []Tmpfs) {
	var mounts []Mount
	var memory []Tmpfs
	seen := map[string]bool{}
	once := func(p path, target string) bool {
		ok := strings.HasPrefix(target, "/") && !seen[target]
		seen[target] = true
		return c.check(ok, p, "must have a folder that begins with / and that nothing else is mounted at")
	}
	for i, v := range s.Volumes {
		p := c.item(at("services", s.Name, "volumes"), i, len(s.Volumes), v.Target)
		switch {
		case v.Type == types.VolumeTypeTmpfs:
			if t, ok := c.typedTmpfs(p, v); ok && once(p, v.Target) {
				memory = append(memory, t)
			}
		case c.mountable(p, v) && once(p, v.Target):
			mounts = append(mounts, Mount{volumeName(s.Name, i, v.Source), v.Target, v.ReadOnly})
		}
	}
	for i, text := range s.Tmpfs {
		p := c.item(at("services", s.Name, "tmpfs"), i, len(s.Tmpfs), text)
		if t, ok := c.tmpfs(p, text); ok && once(p, t.Path) {
			memory = append(memory, t)
		}
	}
	return mounts, memory
}

// volumeName names one without a name after its place.
func volumeName(service string, i int, source string) string {
	if source == "" {
		return service + "-" + strconv.Itoa(i)
	}
	return source
}

// mountable tells whether a volume can be mounted on Fargate.
func (c *conversion) mountable(p path, v types.ServiceVolumeConfig) bool {
	switch v.Type {
	case types.VolumeTypeBind:
		c.refuse(p, bindAdvice(v.Source))
		return false
	case types.VolumeTypeVolume:
	default:
		c.add(p, "is of type "+quote(v.Type)+", must be a named volume: Fargate mounts nothing else")
		return false
	}
	if v.Volume != nil && v.Volume.Subpath != "" {
		c.add(p, "must have no subpath: give the volume "+inEFS+" with a root_directory instead")
		return false
	}
	if _, there := c.project.Volumes[v.Source]; v.Source != "" && !there {
		c.add(p, quote(v.Source)+" must be one of volumes")
		return false
	}
	return true
}

func bindAdvice(source string) string {
	if strings.HasSuffix(source, "docker.sock") {
		return "must be left out: there is no Docker on Fargate"
	}
	return "must not be a folder or file of this computer: put it into the image, hand its text over in a variable, " +
		"or make it a named volume"
}

// Fargate has had tmpfs since January 2026. ECS wants a size, which compose does not.
const needsSize = "must have a size, like /run:size=64m: on Fargate it is taken from the task's memory"

const mebibyte = 1 << 20

func (c *conversion) typedTmpfs(p path, v types.ServiceVolumeConfig) (Tmpfs, bool) {
	t := Tmpfs{Path: v.Target}
	if v.Tmpfs != nil {
		t.Size = mebibytes(int64(v.Tmpfs.Size))
		if v.Tmpfs.Mode != 0 {
			t.Options = append(t.Options, "mode="+strconv.FormatUint(uint64(v.Tmpfs.Mode), 8))
		}
	}
	if v.ReadOnly {
		t.Options = append(t.Options, "ro")
	}
	return t, c.check(t.Size > 0, p, "must have tmpfs.size: on Fargate it is taken from the task's memory")
}

// tmpfs reads /path:size=64m,mode=1777.
func (c *conversion) tmpfs(p path, text string) (Tmpfs, bool) {
	folder, options, _ := strings.Cut(text, ":")
	t := Tmpfs{Path: folder}
	for option := range strings.SplitSeq(options, ",") {
		size, isSize := strings.CutPrefix(option, "size=")
		switch {
		case isSize:
			t.Size = mebibytes(bytesOf(size))
		case option != "":
			t.Options = append(t.Options, option)
		}
	}
	return t, c.check(t.Size > 0, p, needsSize)
}

// bytesOf returns 0 for what is no size.
func bytesOf(text string) int64 {
	var size types.UnitBytes
	if err := size.DecodeMapstructure(text); err != nil {
		return 0
	}
	return int64(size)
}

// mebibytes rounds up.
func mebibytes(size int64) int { return int((size + mebibyte - 1) / mebibyte) }

// volumes are those that are mounted.
func (c *conversion) volumes(containers []Container) []Volume {
	found := map[string]Volume{}
	for _, container := range containers {
		for _, mount := range container.Mounts {
			if _, done := found[mount.Volume]; !done {
				found[mount.Volume] = c.volume(mount.Volume)
			}
		}
	}
	var result []Volume
	for _, name := range slices.Sorted(maps.Keys(found)) {
		result = append(result, found[name])
	}
	return result
}

func (c *conversion) volume(name string) Volume {
	declaration, there := c.project.Volumes[name]
	if !there {
		return Volume{Name: name} // it has no name in the file, and ends with its container there, too
	}
	p := at("volumes", name)
	c.check(containerName.MatchString(name), p, quote(name)+" must be letters, digits, underscores and hyphens")
	c.checkExtensions(p, declaration.Extensions, inEFS, ephemeral)
	if declaration.Driver != "" && declaration.Driver != "local" || len(declaration.DriverOpts) > 0 {
		c.add(p, "must have no driver: a named volume is kept in EFS")
	}
	if value, given := declaration.Extensions[ephemeral]; given {
		c.check(value == true, p.to(ephemeral), "must be true or left out")
		return Volume{Name: name}
	}
	return Volume{Name: name, EFS: c.efs(p, declaration)}
}

var (
	fileSystem  = regexp.MustCompile(`^fs-[0-9a-f]{8,40}$`)
	accessPoint = regexp.MustCompile(`^fsap-[0-9a-f]{8,40}$`)
	folder      = regexp.MustCompile(`^/[^:*?"<>|\x00-\x1f]*$`)
)

func (c *conversion) efs(p path, declaration types.VolumeConfig) *EFS {
	given, isMap := declaration.Extensions[inEFS].(map[string]any)
	if declaration.Extensions[inEFS] == nil {
		if bool(declaration.External) {
			c.add(p.to("external"), "must have "+inEFS+" with its file_system beside it: it is there already")
		}
		return &EFS{}
	}
	p = p.to(inEFS)
	if !isMap {
		c.refuse(p, "must be a mapping of file_system, access_point and root_directory")
		return &EFS{}
	}
	result := &EFS{}
	fields := map[string]struct {
		into  *string
		shape *regexp.Regexp
		want  string
	}{
		"file_system":    {&result.FileSystem, fileSystem, "must be a file system, like fs-0123456789abcdef0"},
		"access_point":   {&result.AccessPoint, accessPoint, "must be an access point, like fsap-0123456789abcdef0"},
		"root_directory": {&result.Root, folder, "must be a folder that begins with /"},
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		field, known := fields[key]
		if !known {
			c.add(p.to(key), "is not known here: must be file_system, access_point or root_directory")
			continue
		}
		text, _ := given[key].(string)
		*field.into = text
		c.check(field.shape.MatchString(text), p.to(key), field.want)
	}
	c.checkEFS(p, *result)
	return result
}

// checkEFS: an access point has its own folder.
func (c *conversion) checkEFS(p path, e EFS) {
	if e.FileSystem == "" {
		c.add(p, "must have file_system, the ID of the one that is there")
	}
	if e.AccessPoint != "" && e.Root != "" {
		c.add(p.to("root_directory"), "must be left out: the access point has its own")
	}
}
