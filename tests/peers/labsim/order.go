// order.go: is a request written the way a real server's schema wants it? The simulator takes elements in any order,
// unknown ones and missing xsi:type; a real server does not. So the request is decoded, encoded again in schema order and
// compared with what came in.
package main

import (
	"bytes"
	stdxml "encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// A leaf is one element of a flattened document: where, of what type, with what text.
type leaf struct{ path, kind, text string }

// wireFault says what a real server would dislike about the request, or "".
func wireFault(envelope []byte) string {
	sent, err := flatten(envelope, "Body")
	if err != nil {
		return "not well-formed: " + err.Error()
	}
	method, err := simulator.UnmarshalBody(types.TypeFunc(), envelope)
	if err != nil {
		return "" // the simulator says it better itself
	}
	var again bytes.Buffer
	if err = xml.NewEncoder(&again).Encode(method.Body); err != nil {
		return ""
	}
	want, err := flatten(again.Bytes(), "")
	if err != nil {
		return ""
	}
	return compare(sent, want)
}

// mayBeEmpty are the optional strings that are sent empty on purpose; encoding leaves them out.
var mayBeEmpty = map[string]bool{"WaitForUpdatesEx/version": true, "CreateSnapshot_Task/description": true}

func compare(all, want []leaf) string {
	var sent []leaf
	for _, l := range all {
		if l.text != "" || !mayBeEmpty[l.path] {
			sent = append(sent, l)
		}
	}
	for i := range max(len(sent), len(want)) {
		switch {
		case i >= len(want):
			return fmt.Sprintf("unexpected element %s", sent[i].path)
		case i >= len(sent):
			return fmt.Sprintf("missing element %s", want[i].path)
		case sent[i].path != want[i].path:
			return fmt.Sprintf("%s stands where the schema has %s (order, an unknown element, or an optional number sent as 0)",
				sent[i].path, want[i].path)
		case want[i].kind != "" && sent[i].kind != want[i].kind:
			return fmt.Sprintf("%s has xsi:type %q and needs %q", sent[i].path, sent[i].kind, want[i].kind)
		case sent[i].text != want[i].text && !sameValue(sent[i].text, want[i].text):
			return fmt.Sprintf("%s: %q is read as %q", sent[i].path, sent[i].text, want[i].text)
		}
	}
	return ""
}

// sameValue: a boolean has two spellings, and times are written in many ways.
func sameValue(a, b string) bool {
	switch a {
	case "1":
		return b == "true"
	case "0":
		return b == "false"
	}
	return strings.Contains(a, "T") && strings.Contains(b, "T") && len(b) >= len("2006-01-02T15:04:05")
}

// flatten lists the elements below the first child of the element "below" (of the document itself when that is empty).
func flatten(document []byte, below string) ([]leaf, error) {
	decoder := stdxml.NewDecoder(bytes.NewReader(document))
	var list []leaf
	var path []string
	var open []int // index in list of each open element
	inside := below == ""
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case stdxml.StartElement:
			if !inside {
				inside = t.Name.Local == below
				continue
			}
			if len(path) == 0 {
				t.Attr = nil
			}
			path = append(path, t.Name.Local)
			list = append(list, leaf{path: strings.Join(path, "/"), kind: xsiType(t.Attr), text: reference(t.Attr)})
			open = append(open, len(list)-1)
		case stdxml.CharData:
			if len(open) > 0 {
				list[open[len(open)-1]].text += strings.TrimSpace(string(t))
			}
		case stdxml.EndElement:
			if len(path) == 0 {
				if inside && below != "" && t.Name.Local == below {
					return list, nil
				}
				continue
			}
			path, open = path[:len(path)-1], open[:len(open)-1]
		}
	}
}

// xsiType without its prefix: any prefix bound to the right name space will do.
func xsiType(attributes []stdxml.Attr) string {
	for _, a := range attributes {
		if a.Name.Local == "type" && (a.Name.Space == "http://www.w3.org/2001/XMLSchema-instance" || a.Name.Space == "xsi" ||
			a.Name.Space == "XMLSchema-instance") {
			return a.Value[strings.LastIndex(a.Value, ":")+1:]
		}
	}
	return ""
}

// reference is the type of a managed object reference, an attribute without a name space.
func reference(attributes []stdxml.Attr) string {
	for _, a := range attributes {
		if a.Name.Local == "type" && a.Name.Space == "" {
			return a.Value + ":"
		}
	}
	return ""
}
