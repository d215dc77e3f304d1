package compose

import (
	"fmt"
	"maps"
	"slices"
)

// rule is what becomes of a key. Exactly one of taken, note and refuse is set.
type rule struct {
	taken  bool   // another file of this package reads it
	note   string // it is left out, and why that does no harm
	refuse string // Fargate cannot do it, and what to do instead
	// unless are values with which it says nothing. Empty ones never do.
	unless []string
}

const (
	hardware   = "must be left out: on Fargate a container has no devices of its host"
	scheduling = "must be left out: on Fargate a container's share of the CPU is set by cpus alone"
	memory     = "must be left out: on Fargate memory is set by mem_limit and mem_reservation alone"
	namespace  = "must be left out: a task on Fargate shares no namespace with a host"
	names      = "must be left out: names are those of the VPC, and other services are at localhost"
	hooks      = "must be left out: ECS runs nothing beside a container; let the image's entrypoint do it"
)

// serviceKeys are all keys of a service that the specification has. One that compose-go learns later is refused until
// it is written here.
var serviceKeys = map[string]rule{
	"command":           {taken: true},
	"cap_add":           {taken: true},
	"cap_drop":          {taken: true},
	"cpus":              {taken: true},
	"depends_on":        {taken: true},
	"deploy":            {taken: true}, // and deployKeys
	"entrypoint":        {taken: true},
	"env_file":          {taken: true},
	"environment":       {taken: true},
	"expose":            {taken: true},
	"extends":           {taken: true}, // by compose-go
	"healthcheck":       {taken: true},
	"image":             {taken: true},
	"init":              {taken: true},
	"label_file":        {taken: true},
	"labels":            {taken: true},
	"mem_limit":         {taken: true},
	"mem_reservation":   {taken: true},
	"networks":          {taken: true},
	"platform":          {taken: true},
	"ports":             {taken: true},
	"profiles":          {taken: true}, // by compose-go
	"read_only":         {taken: true},
	"restart":           {taken: true},
	"secrets":           {taken: true},
	"stdin_open":        {taken: true},
	"stop_grace_period": {taken: true},
	"sysctls":           {taken: true},
	"tmpfs":             {taken: true},
	"tty":               {taken: true},
	"ulimits":           {taken: true},
	"user":              {taken: true},
	"volumes":           {taken: true},
	"working_dir":       {taken: true},

	"annotations":        {note: "is left out: ECS keeps labels only"},
	"attach":             {note: "is left out: it is for the terminal"},
	"build":              {note: "is left out: the task runs the image, which must be in its registry by then"},
	"container_name":     {note: "is left out: the container has the service's name"},
	"develop":            {note: "is left out: it is for the computer one develops on"},
	"domainname":         {note: "is left out: a task has the name that the VPC gives it"},
	"hostname":           {note: "is left out: a task has the name that the VPC gives it"},
	"logging":            {note: "is left out: logs go to CloudWatch"},
	"mem_swappiness":     {note: "is left out: Fargate has no swap"},
	"memswap_limit":      {note: "is left out: Fargate has no swap"},
	"pull_policy":        {note: "is left out: Fargate pulls the image for each task"},
	"pull_refresh_after": {note: "is left out: Fargate pulls the image for each task"},

	"blkio_config":        {refuse: hardware},
	"cgroup":              {refuse: namespace, unless: []string{"private"}},
	"cgroup_parent":       {refuse: namespace},
	"configs":             {refuse: "must be left out: put the text into the image, or hand it over in a variable"},
	"cpu_count":           {refuse: scheduling},
	"cpu_percent":         {refuse: scheduling},
	"cpu_period":          {refuse: scheduling},
	"cpu_quota":           {refuse: scheduling},
	"cpu_rt_period":       {refuse: scheduling},
	"cpu_rt_runtime":      {refuse: scheduling},
	"cpu_shares":          {refuse: scheduling},
	"cpuset":              {refuse: scheduling},
	"credential_spec":     {refuse: "must be left out: it is for Windows"},
	"device_cgroup_rules": {refuse: hardware},
	"devices":             {refuse: hardware},
	"dns":                 {refuse: names},
	"dns_opt":             {refuse: names},
	"dns_search":          {refuse: names},
	"external_links":      {refuse: "must be left out: name the other's address in a variable"},
	"extra_hosts":         {refuse: names},
	"gpus":                {refuse: "must be left out: Fargate has no GPUs"},
	"group_add":           {refuse: "must be left out: say the group in user, as uid:gid"},
	"ipc":                 {refuse: namespace, unless: []string{"private"}},
	"isolation":           {refuse: "must be left out: it is for Windows", unless: []string{"default"}},
	"links":               {refuse: "must be left out: use depends_on, and the service's name as the host"},
	"mac_address":         {refuse: "must be left out: the task's network interface has its own"},
	"models":              {refuse: "must be left out: name the model's address in a variable"},
	"network_mode": {
		refuse: "must be left out: a task on Fargate has a network interface of its own, and its containers share it",
		unless: []string{"bridge", "default"},
	},
	"oom_kill_disable": {refuse: memory, unless: []string{"false"}},
	"oom_score_adj":    {refuse: memory, unless: []string{"0"}},
	"pid":              {refuse: namespace},
	"pids_limit":       {refuse: "must be left out: Fargate does not bound processes", unless: []string{"0", "-1"}},
	"post_start":       {refuse: hooks},
	"pre_start":        {refuse: hooks},
	"pre_stop":         {refuse: hooks},
	"privileged":       {refuse: "must be left out: Fargate has no privileged containers", unless: []string{"false"}},
	"provider":         {refuse: "must be left out: name the address of what it provides in a variable"},
	"runtime":          {refuse: "must be left out: Fargate has one runtime", unless: []string{"runc"}},
	"scale":            {refuse: replicas, unless: []string{"1"}},
	"security_opt":     {refuse: "must be left out: Fargate has no security options"},
	"shm_size":         {refuse: "must be left out: on Fargate the size of /dev/shm cannot be set"},
	"stop_signal": {
		refuse: "must be left out: ECS sends the image's own signal; set STOPSIGNAL in its Dockerfile",
		unless: []string{"SIGTERM"},
	},
	"storage_opt":    {refuse: "must be left out: a task on Fargate has 20 GiB of disk"},
	"use_api_socket": {refuse: "must be left out: there is no Docker on Fargate", unless: []string{"false"}},
	"userns_mode":    {refuse: namespace},
	"uts":            {refuse: namespace},
	"volumes_from":   {refuse: "must be left out: mount the same named volume in both services"},
}

const replicas = "must be 1 or left out: how many tasks run is catnap's to say, and every service is in each"

// deployKeys are those below services.*.deploy.
var deployKeys = map[string]rule{
	"resources": {taken: true},

	"endpoint_mode":   {note: "is left out: the load balancer finds the tasks"},
	"labels":          {note: "is left out: it is for Swarm"},
	"placement":       {note: "is left out: Fargate chooses where a task runs"},
	"restart_policy":  {note: "is left out: ECS replaces a task whose containers end"},
	"rollback_config": {note: "is left out: it is the ECS service's"},
	"update_config":   {note: "is left out: it is the ECS service's"},

	"mode":     {refuse: "must be left out: there is nothing to be global on", unless: []string{"replicated"}},
	"replicas": {refuse: replicas, unless: []string{"1"}},
}

// resourceKeys are those below services.*.deploy.resources.limits and reservations.
var resourceKeys = map[string]rule{
	"cpus":              {taken: true},
	"memory":            {taken: true},
	"devices":           {refuse: "must be left out: Fargate has no GPUs"},
	"generic_resources": {refuse: hardware},
	"pids":              {refuse: "must be left out: Fargate does not bound processes", unless: []string{"0", "-1"}},
}

// fileKeys are those at the top.
var fileKeys = map[string]rule{
	"include":  {taken: true}, // by compose-go
	"name":     {taken: true},
	"networks": {taken: true},
	"secrets":  {taken: true},
	"services": {taken: true},
	"volumes":  {taken: true},
	"version":  {taken: true}, // it means nothing any more
	"configs":  {taken: true}, // a service that uses one is refused

	"jobs": {
		refuse: `must be left out: a job is a service with restart: "no" that another one waits for`,
	},
	"models": {refuse: "must be left out: name the model's address in a variable"},
}

// apply goes through the keys of a mapping in the merged model.
func (r *report) apply(rules map[string]rule, p path, fields any) {
	values, _ := fields.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		rule, known := rules[key]
		switch {
		case rule.taken || rule.says(values[key]):
		case rule.note != "":
			r.note(p.to(key), rule.note)
		case rule.refuse != "":
			r.refuse(p.to(key), rule.refuse)
		case !known && !isExtension(key):
			r.refuse(p.to(key), "must be left out: catnap does not know it")
		}
	}
}

// isExtension knows compose-go's own place for them, too.
func isExtension(key string) bool {
	return key == "#extensions" || key == "name" || len(key) > 1 && key[:2] == "x-"
}

// says tells whether a value says no more than its absence would.
func (u rule) says(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	default:
		text := fmt.Sprint(value)
		return text == "" || slices.Contains(u.unless, text)
	}
}
