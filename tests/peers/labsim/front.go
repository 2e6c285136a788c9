// front.go: what stands before the simulator. It counts and logs requests, keeps to the rules of the control address, and
// makes cookies and sessions behave as a real server's do.
package main

import (
	"bytes"
	"crypto/tls"
	stdxml "encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"
)

const cookieName = "vmware_soap_session"

// An entry is one request in the log.
type entry struct {
	Method string `json:"method"`
	This   string `json:"this,omitempty"`
	Status int    `json:"status"`
	Secret bool   `json:"secret"` // the password stood in it
	Millis int64  `json:"ms"`     // how long it took
	body   []byte
}

type front struct {
	options options
	address string

	mu         sync.Mutex
	lab        *lab
	counts     map[string]int
	log        []entry
	rules      []*rule
	sessions   map[string]bool // cookie -> still good
	hung       chan struct{}   // not nil while nothing is answered; closed to go on
	hungMethod string          // only this one is not; empty: none is
	epoch      chan struct{}   // closed when sessions end under running requests
	page       int             // objects in an answer of RetrievePropertiesEx; 0: all
	updates    int             // objects in an answer of WaitForUpdatesEx; 0: the simulator's 100
	order      bool            // refuse what a real server would not parse
	server     *http.Server
	tls        *tls.Config
	cert       *tls.Certificate
}

func newFront(o options) (*front, error) {
	l, err := newLab(o)
	if err != nil {
		return nil, err
	}
	f := &front{options: o, lab: l, order: true, counts: map[string]int{}, sessions: map[string]bool{},
		epoch: make(chan struct{})}
	l.away = f.leave
	return f, f.renewCertificate(certificateWish{})
}

// leave closes the address for so long, as a server does that starts again: its sessions are gone afterwards.
func (f *front) leave(long time.Duration) {
	f.stopListening()
	time.Sleep(long)
	f.endSessions()
	check(f.listen(f.address))
}

// renewCertificate also forgets TLS sessions, whose resumption would hide the change.
func (f *front) renewCertificate(wish certificateWish) error {
	cert, err := newCertificate(wish)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cert = cert
	f.tls = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	return nil
}

func (f *front) certificate() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cert
}

// listen opens the address and serves it; stopListening closes it and every connection, so that it can be opened again.
func (f *front) listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	f.address = listener.Addr().String()
	config := &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.tls, nil
	}}
	server := &http.Server{Handler: f}
	f.mu.Lock()
	f.server = server
	f.mu.Unlock()
	go server.Serve(tls.NewListener(listener, config))
	return nil
}

func (f *front) stopListening() {
	f.mu.Lock()
	server := f.server
	f.server = nil
	f.mu.Unlock()
	if server != nil {
		server.Close()
	}
}

// endSessions makes every cookie worthless, also for requests that wait at this moment.
func (f *front) endSessions() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for cookie := range f.sessions {
		f.sessions[cookie] = false
	}
	close(f.epoch)
	f.epoch = make(chan struct{})
}

var bodyStart = regexp.MustCompile(`<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)`)
var thisElement = regexp.MustCompile(`<(?:[\w-]+:)?_this type="(\w+)"[^>]*>([^<]*)<`)

// A call is a request on its way through the front.
type call struct {
	method, this string
	body         []byte
	cookie       string
	denied       []string // properties that may not be read
	began        time.Time
	lab          *lab
	epoch        chan struct{}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c := &call{method: r.Method + " " + r.URL.Path, body: body, began: time.Now()}
	if match := bodyStart.FindSubmatch(body); match != nil && r.Method == http.MethodPost {
		c.method = string(match[1])
	}
	if match := thisElement.FindSubmatch(body); match != nil {
		c.this = string(match[1]) + ":" + string(match[2])
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		c.cookie = strings.Trim(cookie.Value, `"`)
	}
	matched := f.enter(c)
	if f.waitOut(r, c.method) {
		f.act(w, r, c, matched)
	}
}

// enter counts a request and says what is to become of it.
func (f *front) enter(c *call) (matched *rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[c.method]++
	c.lab, c.epoch = f.lab, f.epoch
	if good, known := f.sessions[c.cookie]; known && !good {
		c.cookie = "expired"
	}
	for _, r := range f.rules {
		if !r.matches(c) {
			continue
		}
		if path, deny := strings.CutPrefix(r.how, "deny:"); deny {
			c.denied = append(c.denied, path) // any number of them hold for one request
			continue
		}
		matched = r
		break
	}
	return matched
}

func (f *front) act(w http.ResponseWriter, r *http.Request, c *call, matched *rule) {
	if matched != nil && matched.before(w, r, f, c) {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/folder") && !f.loggedIn(c.cookie) {
		f.answer(w, c, http.StatusUnauthorized, "text/plain", []byte("Unauthorized"))
		return
	}
	if strings.HasSuffix(r.URL.Path, "/vimServiceVersions.xml") {
		f.answer(w, c, http.StatusOK, "text/xml", versions(c.lab.apiVersion))
		return
	}
	f.mu.Lock()
	order, page, updates := f.order, f.page, f.updates
	f.mu.Unlock()
	if order && bytes.Contains(c.body, []byte("Envelope")) {
		if text := wireFault(c.body); text != "" {
			f.fault(w, c, "InvalidRequest", "wire: "+c.method+": "+text)
			return
		}
	}
	c.body = limit(c, page, updates)
	recorder := f.forward(r, c)
	if recorder == nil {
		return // the client left
	}
	f.noteSession(c, recorder)
	c.lab.dressVolumes(recorder.Body)
	for _, path := range c.denied {
		deny(recorder.Body, path)
	}
	if !f.waitOut(r, c.method) || matched != nil && matched.after(w, r, f, c, recorder) {
		return
	}
	f.pass(w, c, recorder)
}

// waitOut holds back what is ready while nothing is to be answered: a poll that was under way when that began. False when
// the client leaves.
func (f *front) waitOut(r *http.Request, method string) bool {
	f.mu.Lock()
	hung := f.hung
	if f.hungMethod != "" && f.hungMethod != method {
		hung = nil
	}
	f.mu.Unlock()
	if hung == nil {
		return true
	}
	select {
	case <-hung:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (f *front) loggedIn(cookie string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sessions[cookie]
}

// limit writes a page size into the options of a request that has none.
func limit(c *call, page, updates int) []byte {
	var element, after string
	switch {
	case c.method == "RetrievePropertiesEx" && page > 0:
		element = fmt.Sprintf("<maxObjects>%d</maxObjects>", page)
	case c.method == "WaitForUpdatesEx" && updates > 0:
		element, after = fmt.Sprintf("<maxObjectUpdates>%d</maxObjectUpdates>", updates), "</maxWaitSeconds>"
	default:
		return c.body
	}
	if bytes.Contains(c.body, []byte(element[:strings.Index(element, ">")])) {
		return c.body
	}
	text := string(c.body)
	text = strings.Replace(text, "<options/>", "<options></options>", 1)
	if after != "" && strings.Contains(text, after) {
		return []byte(strings.Replace(text, after, after+element, 1))
	}
	return []byte(strings.Replace(text, "<options>", "<options>"+element, 1))
}

// forward hands the request to the simulator. A wait ends when the client leaves (nil) or the sessions end (NotAuthenticated).
func (f *front) forward(r *http.Request, c *call) *httptest.ResponseRecorder {
	done := make(chan *httptest.ResponseRecorder, 1)
	go func() { done <- c.send(r.URL.RequestURI(), r.Method, r.Header, c.body) }()
	select {
	case recorder := <-done:
		return recorder
	case <-r.Context().Done():
		c.cancelWait()
		return nil
	case <-c.epoch:
		c.cancelWait()
		recorder := httptest.NewRecorder()
		recorder.WriteHeader(http.StatusInternalServerError)
		recorder.Body.WriteString(faultText("NotAuthenticated", "The session is not authenticated.", ""))
		return recorder
	}
}

func (c *call) send(uri, method string, header http.Header, body []byte) *httptest.ResponseRecorder {
	inner := httptest.NewRequest(method, uri, bytes.NewReader(body))
	inner.Header = header.Clone()
	inner.Header.Del("Cookie")
	if c.cookie != "" {
		inner.Header.Set("Cookie", cookieName+"="+c.cookie)
	}
	recorder := httptest.NewRecorder()
	c.lab.handler().ServeHTTP(recorder, inner)
	return recorder
}

// cancelWait ends a WaitForUpdatesEx nobody listens to any more; the simulator's own would go on and swallow updates.
func (c *call) cancelWait() {
	if c.method != "WaitForUpdatesEx" {
		return
	}
	_, id, _ := strings.Cut(c.this, ":")
	body := `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><CancelWaitForUpdates xmlns="urn:vim25">` +
		`<_this type="PropertyCollector">` + id + `</_this></CancelWaitForUpdates></Body></Envelope>`
	c.send("/sdk", http.MethodPost, http.Header{}, []byte(body))
}

// noteSession: a session begins and ends when the simulator says so, whether the client hears of it or not.
func (f *front) noteSession(c *call, recorder *httptest.ResponseRecorder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, cookie := range recorder.Result().Cookies() {
		if cookie.Name == cookieName {
			f.sessions[cookie.Value] = true
		}
	}
	if c.method == "Logout" && recorder.Code == http.StatusOK {
		delete(f.sessions, c.cookie)
	}
}

// passCookie dresses the cookie as a real server does: quoted, with attributes.
func passCookie(w http.ResponseWriter, recorder *httptest.ResponseRecorder) {
	for _, cookie := range recorder.Result().Cookies() {
		if cookie.Name == cookieName {
			w.Header().Set("Set-Cookie", cookieName+`="`+cookie.Value+`"; Path=/; HttpOnly; Secure;`)
		}
	}
}

// pass gives the simulator's answer to the client.
func (f *front) pass(w http.ResponseWriter, c *call, recorder *httptest.ResponseRecorder) {
	passCookie(w, recorder)
	for _, name := range []string{"Content-Range", "Accept-Ranges", "Last-Modified"} {
		if value := recorder.Header().Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	kind := recorder.Header().Get("Content-Type")
	if kind == "" || strings.HasPrefix(kind, "text/xml") {
		kind = "text/xml; charset=utf-8"
	}
	f.answer(w, c, recorder.Code, kind, recorder.Body.Bytes())
}

func (f *front) answer(w http.ResponseWriter, c *call, status int, kind string, body []byte) {
	f.note(c, status)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// note logs a request that has been dealt with; a status of 0 is a connection that was cut.
func (f *front) note(c *call, status int) {
	var password bytes.Buffer
	stdxml.EscapeText(&password, []byte(f.options.password))
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.method == "Login" && status != http.StatusOK {
		f.counts["Login failed"]++
	}
	f.log = append(f.log, entry{Method: c.method, This: c.this, Status: status,
		Secret: bytes.Contains(c.body, password.Bytes()), Millis: time.Since(c.began).Milliseconds(), body: c.body})
}

func (f *front) fault(w http.ResponseWriter, c *call, kind, message string) {
	f.answer(w, c, http.StatusInternalServerError, "text/xml; charset=utf-8", []byte(faultText(kind, message, "")))
}

// faultText is a SOAP fault; inside stands in its detail as it is.
func faultText(kind, message, inside string) string {
	var text bytes.Buffer
	stdxml.EscapeText(&text, []byte(message))
	return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"` +
		` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode>` +
		`<faultstring>` + text.String() + `</faultstring><detail><` + kind + `Fault xmlns="urn:vim25" xsi:type="` + kind +
		`">` + inside + `</` + kind + `Fault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`
}

// versions answers vimServiceVersions.xml with every release a real server of that version names.
func versions(current string) []byte {
	known := []string{"8.0.3.0", "8.0.2.0", "8.0.1.0", "8.0.0.1", "7.0.3.0", "7.0.2.0", "7.0.1.1", "7.0.1.0", "7.0.0.0", "6.9.1",
		"6.8.7", "6.7.3", "6.7.2", "6.7.1", "6.7", "6.5", "6.0", "5.5", "5.1", "5.0", "4.1", "4.0", "2.5u2", "2.5", "2.0"}
	var prior strings.Builder
	for _, version := range known {
		if version < current {
			prior.WriteString("<version>" + version + "</version>")
		}
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8" ?>
<namespaces version="1.0"><namespace><name>urn:vim25</name><version>` + current + `</version><priorVersions>` + prior.String() +
		`</priorVersions></namespace></namespaces>
`)
}
