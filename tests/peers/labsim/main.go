// labsim is the vSphere server that tests run against: govmomi's simulator with a GPU lab in it, behind a front that
// counts, checks, delays and breaks requests as a control address tells it to. See control.go for its words.
package main

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	var o options
	var listen, info string
	var verbose bool
	flag.StringVar(&listen, "listen", "127.0.0.1:0", "address of the SOAP server (TLS)")
	flag.StringVar(&info, "info", "", "file to write NAME=VALUE lines to once everything answers (default stdout)")
	flag.BoolVar(&o.esx, "esx", false, "a standalone ESXi (esx01 alone) in place of a vCenter")
	flag.StringVar(&o.user, "user", "root", "user that may log in")
	flag.StringVar(&o.password, "password", "labtop", "its password")
	flag.IntVar(&o.cards, "cards", 4, "how many MI50 llm-1 holds")
	flag.IntVar(&o.vms, "vms", 0, "further plain VMs")
	flag.BoolVar(&o.kinds, "kinds", false, "a VM 'kinds' with a device of every passthrough backing")
	flag.StringVar(&o.uuid, "llm-uuid", "4210aabb-ccdd-eeff-0011-223344556677", "config.uuid of llm-1")
	flag.StringVar(&o.mac, "llm-mac", "00:50:56:aa:00:01", "MAC address of llm-1")
	flag.StringVar(&o.apiVersion, "api-version", "", "API version of the server (default 8.0.3.0, with --esx the host's)")
	flag.BoolVar(&verbose, "v", false, "the simulator's own log on stderr")
	flag.Parse()
	if !verbose {
		log.SetOutput(io.Discard)
	}

	f, err := newFront(o)
	check(err)
	check(f.listen(listen))
	control, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)

	text := f.describe() + "control=http://" + control.Addr().String() + "\n"
	if info == "" {
		fmt.Print(text)
	} else {
		check(os.WriteFile(info+".new", []byte(text), 0o600))
		check(os.Rename(info+".new", info))
	}
	go func() { check(http.Serve(control, f.controlMux())) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
	f.lab.close()
}

// describe is what a test has to know to connect: address, login and the certificate's prints.
func (f *front) describe() string {
	leaf := f.certificate().Leaf
	whole, key, old := sha256.Sum256(leaf.Raw), sha256.Sum256(leaf.RawSubjectPublicKeyInfo), sha1.Sum(leaf.Raw)
	var text strings.Builder
	fmt.Fprintf(&text, "url=https://%s/sdk\n", f.address)
	fmt.Fprintf(&text, "user=%s\npassword=%s\n", f.options.user, f.options.password)
	fmt.Fprintf(&text, "sha256=%s\n", hex.EncodeToString(whole[:]))
	fmt.Fprintf(&text, "sha1=%s\n", hex.EncodeToString(old[:]))
	fmt.Fprintf(&text, "pin=sha256//%s\n", base64.StdEncoding.EncodeToString(key[:]))
	return text.String()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "labsim:", err)
		os.Exit(1)
	}
}
