// rules.go: requests that are to go wrong.
package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A rule picks requests by method ("*": every one) and by text in the body, skips the first nth - 1 of them and then holds
// for count requests (0: for ever).
type rule struct {
	method, contains string
	skip, left       int
	forever          bool
	how              string
}

// hows are what can be asked for; those with a colon take an argument.
var hows = map[string]string{
	"cut":        "close the connection before the simulator sees the request",
	"cut-after":  "let the simulator act and close the connection without an answer",
	"half":       "send half of the answer and close the connection",
	"html":       "a page of HTML with status 200",
	"garbage":    "bytes that are no XML, status 200",
	"redirect":   "302 to http://192.0.2.1/",
	"status:N":   "an empty answer with that HTTP status",
	"fault:TYPE": "a SOAP fault of that type",
	"delay:MS":   "act and answer that much later",
	"late:MS":    "act at once, answer that much later",
	"deny:PATH":  "that property, of every object, may not be read: NoPermission in its missingSet",
}

func (r *rule) matches(c *call) bool {
	if r.method != "*" && r.method != c.method || !strings.Contains(string(c.body), r.contains) {
		return false
	}
	if r.skip > 0 {
		r.skip--
		return false
	}
	if r.left <= 0 && !r.forever {
		return false
	}
	r.left--
	return true
}

// before does what happens in the simulator's place; true when the request is dealt with.
func (r *rule) before(w http.ResponseWriter, req *http.Request, f *front, c *call) bool {
	word, argument, _ := strings.Cut(r.how, ":")
	switch word {
	case "cut":
		f.note(c, 0)
		cut(w)
	case "html":
		f.answer(w, c, http.StatusOK, "text/html", []byte("<!DOCTYPE html><html><body>It works!<br></body></html>"))
	case "garbage":
		f.answer(w, c, http.StatusOK, "text/xml", []byte("\x00\x1b]0;gone\x07<<<&&&"))
	case "redirect":
		w.Header().Set("Location", "http://192.0.2.1/")
		f.answer(w, c, http.StatusFound, "text/plain", nil)
	case "status":
		status, _ := strconv.Atoi(argument)
		f.answer(w, c, status, "text/plain", []byte(http.StatusText(status)))
	case "fault":
		f.answer(w, c, http.StatusInternalServerError, "text/xml; charset=utf-8",
			[]byte(faultText(argument, "labsim was told to answer "+argument, r.inside(argument))))
	case "delay":
		ms, _ := strconv.Atoi(argument)
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
		case <-req.Context().Done():
			return true
		}
		return false
	default:
		return false
	}
	return true
}

// inside is what such a fault holds: InvalidProperty names the property.
func (r *rule) inside(fault string) string {
	if fault != "InvalidProperty" {
		return ""
	}
	return strings.ReplaceAll(r.contains, "pathSet>", "name>")
}

// after does what happens to the simulator's answer; true when the request is dealt with.
func (r *rule) after(w http.ResponseWriter, _ *http.Request, f *front, c *call, recorder *httptest.ResponseRecorder) bool {
	word, argument, _ := strings.Cut(r.how, ":")
	switch word {
	case "late":
		ms, _ := strconv.Atoi(argument)
		time.Sleep(time.Duration(ms) * time.Millisecond)
		return false
	case "cut-after":
		f.note(c, 0)
	case "half":
		f.note(c, 0)
		passCookie(w, recorder)
		w.Header().Set("Content-Length", fmt.Sprint(recorder.Body.Len()))
		w.WriteHeader(recorder.Code)
		w.Write(recorder.Body.Bytes()[:recorder.Body.Len()/2])
		http.NewResponseController(w).Flush()
	default:
		return false
	}
	cut(w)
	return true
}

// deny puts a missingSet in the place of a property, and leaves it out of what changed: what may not be read is not told
// later either.
func deny(body *bytes.Buffer, path string) {
	changed := regexp.MustCompile(`(?s)<changeSet><name>` + regexp.QuoteMeta(path) + `</name>.*?</changeSet>`)
	told := regexp.MustCompile(`(?s)<propSet><name>` + regexp.QuoteMeta(path) + `</name>.*?</propSet>`)
	missing := `<missingSet><path>` + path + `</path><fault><fault xsi:type="NoPermission"><privilegeId>System.Read</privilegeId>` +
		`</fault><localizedMessage>Permission to perform this operation was denied.</localizedMessage></fault></missingSet>`
	text := changed.ReplaceAllLiteralString(told.ReplaceAllLiteralString(body.String(), missing), "")
	body.Reset()
	body.WriteString(text)
}

func cut(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		connection.Close()
	}
}
