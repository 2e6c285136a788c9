// control.go: the control address, plain HTTP on loopback: one path a word, arguments in the query, "ok" or JSON or a line
// that says what is wrong (status 400). GET / lists the words.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

type word struct {
	name, arguments, help string
	do                    func(f *front, q url.Values) (any, error)
}

var words = []word{
	{"info", "", "the lines that start printed", func(f *front, _ url.Values) (any, error) { return f.describe(), nil }},
	{"counts", "[of=METHOD] [reset=yes]", "how often each method was called since the start or the last reset", (*front).doCounts},
	{"log", "[reset=yes]", "every request: method, object, status, whether the password stood in it", (*front).doLog},
	{"requests", "contains=TEXT…", "how many requests held all of these texts", (*front).doRequests},
	{"sessions", "", "how many sessions are logged in", (*front).doSessions},
	{"reset", "", "a fresh model, no rules, counts at 0; sessions end", (*front).doReset},
	{"power", "vm=NAME state=on|off|suspended [task=yes]", "as one update, or by a task as a client would", func(f *front, q url.Values) (any, error) {
		return nil, f.lab.power(q.Get("vm"), q.Get("state"), q.Get("task") == "yes")
	}},
	{"rename", "vm=NAME to=TEXT", "any bytes, also hostile ones", func(f *front, q url.Values) (any, error) {
		return nil, f.lab.renameVM(q.Get("vm"), q.Get("to"))
	}},
	{"remove", "vm=NAME", "destroy it", func(f *front, q url.Values) (any, error) { return nil, f.lab.removeVM(q.Get("vm")) }},
	{"add", "vm=NAME host=NAME", "a new plain VM, off", func(f *front, q url.Values) (any, error) {
		return nil, f.lab.addVM(q.Get("vm"), q.Get("host"))
	}},
	{"vm", "vm=NAME [uuid=] [mac=] [ip=] [hostname=]", "what the VM says of itself", func(f *front, q url.Values) (any, error) {
		return nil, f.lab.setVM(q.Get("vm"), q.Get("uuid"), q.Get("mac"), q.Get("ip"), q.Get("hostname"))
	}},
	{"host", "host=NAME [connection=connected|notResponding|disconnected] [maintenance=yes|no]", "",
		func(f *front, q url.Values) (any, error) {
			return nil, f.lab.setHost(q.Get("host"), q.Get("connection"), q.Get("maintenance"))
		}},
	{"sensor", "host=NAME name=SENSOR reading=N", "before its unit modifier", (*front).doSensor},
	{"sensors", "host=NAME none=yes", "a board that has no BMC", func(f *front, q url.Values) (any, error) {
		return nil, f.lab.dropSensors(q.Get("host"))
	}},
	{"store", "free=BYTES", "what is left of the datastore", (*front).doStore},
	{"passthru", "host=NAME id=BDF enabled=yes|no active=yes|no", "", (*front).doPassthru},
	{"stale", "on=yes|no", "after a reboot what was enabled is not active, as ESXi 7 sometimes has it",
		func(f *front, q url.Values) (any, error) { f.lab.stale = q.Get("on") == "yes"; return nil, nil }},
	{"rebind", "host=NAME on=yes|no", "whether the host can make a device active without a reboot", (*front).doRebind},
	{"functions", "host=NAME id=BDF n=N [vm=NAME]", "cut a card into virtual functions; the VM gets the first", (*front).doFunctions},
	{"expire", "", "end all sessions: NotAuthenticated in both shapes, and for requests under way",
		func(f *front, _ url.Values) (any, error) { f.endSessions(); return nil, nil }},
	{"hang", "[method=M]", "answer nothing, or no M, until /go", (*front).doHang},
	{"go", "", "answer again, also what waited", (*front).doGo},
	{"down", "", "close the address and every connection", func(f *front, _ url.Values) (any, error) { f.stopListening(); return nil, nil }},
	{"up", "", "open the address again", func(f *front, _ url.Values) (any, error) { return nil, f.listen(f.address) }},
	{"certificate", "[ca=FILE] [name=HOST] [text=BYTES] [san=no]",
		"a new certificate, connections closed; the new prints. ca: of a new authority, which is written there; text: in " +
			"every field", (*front).doCertificate},
	{"fail", "how=HOW [method=M|*] [contains=TEXT] [nth=N] [count=N|0]", howHelp(), (*front).doFail},
	{"rules", "[clear=yes]", "the rules in force", (*front).doRules},
	{"notfound", "method=M", "the server does not have that method", func(f *front, q url.Values) (any, error) {
		return f.doFail(url.Values{"method": q["method"], "how": {"fault:MethodNotFound"}, "count": {"0"}})
	}},
	{"invalid", "path=PROPERTY", "the server does not know that property: InvalidProperty for the whole call", (*front).doInvalid},
	{"page", "max=N", "objects in one answer of RetrievePropertiesEx; 0: all", func(f *front, q url.Values) (any, error) {
		return nil, f.setNumber(&f.page, q.Get("max"))
	}},
	{"truncate", "max=N", "objects in one answer of WaitForUpdatesEx; 0: 100", func(f *front, q url.Values) (any, error) {
		return nil, f.setNumber(&f.updates, q.Get("max"))
	}},
	{"order", "on=yes|no", "refuse requests a real server could not parse (default yes)", (*front).doOrder},
}

func howHelp() string {
	var list []string
	for how, help := range hows {
		list = append(list, how+" = "+help)
	}
	sort.Strings(list)
	return strings.Join(list, "; ")
}

func (f *front) controlMux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		for _, word := range words {
			fmt.Fprintf(w, "/%s %s\n    %s\n", word.name, word.arguments, word.help)
		}
	})
	for _, word := range words {
		mux.HandleFunc("/"+word.name, func(w http.ResponseWriter, r *http.Request) {
			result, err := word.do(f, r.URL.Query())
			switch text := result.(type) {
			case string:
				fmt.Fprint(w, text)
			case nil:
				if err != nil {
					http.Error(w, "/"+word.name+": "+err.Error(), http.StatusBadRequest)
					return
				}
				fmt.Fprintln(w, "ok")
			default:
				json.NewEncoder(w).Encode(result)
			}
		})
	}
	return mux
}

func (f *front) doCounts(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if q.Has("of") {
		return fmt.Sprintln(f.counts[q.Get("of")]), nil
	}
	counts := f.counts
	if q.Get("reset") == "yes" {
		f.counts = map[string]int{}
		return counts, nil
	}
	copied := map[string]int{}
	for name, count := range counts {
		copied[name] = count
	}
	return copied, nil
}

func (f *front) doLog(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := append([]entry{}, f.log...)
	if q.Get("reset") == "yes" {
		f.log = nil
	}
	return log, nil
}

func (f *front) doRequests(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	count := 0
	for _, e := range f.log {
		held := 0
		for _, text := range q["contains"] {
			if bytes.Contains(e.body, []byte(text)) {
				held++
			}
		}
		if held == len(q["contains"]) {
			count++
		}
	}
	return fmt.Sprintln(count), nil
}

func (f *front) doSessions(url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	good := 0
	for _, alive := range f.sessions {
		if alive {
			good++
		}
	}
	return fmt.Sprintln(good), nil
}

func (f *front) doReset(url.Values) (any, error) {
	fresh, err := newLab(f.options)
	if err != nil {
		return nil, err
	}
	f.endSessions()
	fresh.away = f.leave
	f.mu.Lock()
	old := f.lab
	f.lab, f.counts, f.log, f.rules = fresh, map[string]int{}, nil, nil
	f.page, f.updates, f.order = 0, 0, true
	f.mu.Unlock()
	old.close()
	return nil, nil
}

func (f *front) doSensor(q url.Values) (any, error) {
	reading, err := strconv.ParseInt(q.Get("reading"), 10, 64)
	if err != nil {
		return nil, err
	}
	return nil, f.lab.setSensor(q.Get("host"), q.Get("name"), reading)
}

func (f *front) doStore(q url.Values) (any, error) {
	free, err := strconv.ParseInt(q.Get("free"), 10, 64)
	if err != nil {
		return nil, err
	}
	return nil, f.lab.setFree(free)
}

func (f *front) doFunctions(q url.Values) (any, error) {
	n, err := strconv.Atoi(q.Get("n"))
	if err != nil || n < 1 || n > 64 {
		return nil, errors.New("n: 1 to 64")
	}
	return nil, f.lab.cutCard(q.Get("host"), q.Get("id"), n, q.Get("vm"))
}

func (f *front) doPassthru(q url.Values) (any, error) {
	host := f.lab.hosts[q.Get("host")]
	if host == nil {
		return nil, fmt.Errorf("no host %q", q.Get("host"))
	}
	return nil, setPassthru(f.lab.ctx(), host, q.Get("id"), q.Get("enabled") == "yes", q.Get("active") == "yes")
}

func (f *front) doRebind(q url.Values) (any, error) {
	host := f.lab.hosts[q.Get("host")]
	if host == nil {
		return nil, fmt.Errorf("no host %q", q.Get("host"))
	}
	host.Capability.DeviceRebindWithoutRebootSupported = types.NewBool(q.Get("on") == "yes")
	return nil, nil
}

func (f *front) doHang(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hungMethod = q.Get("method")
	if f.hung == nil {
		f.hung = make(chan struct{})
	}
	return nil, nil
}

func (f *front) doGo(url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hung != nil {
		close(f.hung)
		f.hung = nil
	}
	return nil, nil
}

func (f *front) doCertificate(q url.Values) (any, error) {
	if err := f.renewCertificate(certificateWish{q.Get("ca"), q.Get("name"), q.Get("text"), q.Get("san") == "no"}); err != nil {
		return nil, err
	}
	f.stopListening()
	if err := f.listen(f.address); err != nil {
		return nil, err
	}
	return f.describe(), nil
}

func (f *front) doFail(q url.Values) (any, error) {
	r := &rule{method: q.Get("method"), contains: q.Get("contains"), left: 1, how: q.Get("how")}
	name, argument, takes := strings.Cut(r.how, ":")
	known := false
	for how := range hows {
		base, _, wants := strings.Cut(how, ":")
		known = known || base == name && wants == takes && (!takes || argument != "")
	}
	if !known {
		return nil, errors.New("how=: " + howHelp())
	}
	if r.method == "" {
		r.method = "*"
	}
	if q.Has("nth") {
		nth, err := strconv.Atoi(q.Get("nth"))
		if err != nil || nth < 1 {
			return nil, errors.New("nth=: a number from 1")
		}
		r.skip = nth - 1
	}
	if q.Has("count") {
		count, err := strconv.Atoi(q.Get("count"))
		if err != nil {
			return nil, err
		}
		r.left, r.forever = count, count == 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, r)
	return nil, nil
}

func (f *front) doRules(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var text strings.Builder
	for _, r := range f.rules {
		fmt.Fprintf(&text, "%s %q: %s, after %d, left %d\n", r.method, r.contains, r.how, r.skip, r.left)
	}
	if q.Get("clear") == "yes" {
		f.rules = nil
	}
	return text.String(), nil
}

// doInvalid: a real server faults the whole call; the simulator alone would report the property as missing.
func (f *front) doInvalid(q url.Values) (any, error) {
	if q.Get("path") == "" {
		return nil, errors.New("path= is missing")
	}
	return f.doFail(url.Values{"contains": {"<pathSet>" + q.Get("path") + "</pathSet>"}, "how": {"fault:InvalidProperty"},
		"count": {"0"}})
}

func (f *front) setNumber(place *int, text string) error {
	number, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	*place = number
	return nil
}

func (f *front) doOrder(q url.Values) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order = q.Get("on") != "no"
	return nil, nil
}
