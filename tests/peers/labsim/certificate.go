// certificate.go: a self-signed certificate, as a home lab's servers have, or one of an authority made for the occasion.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

// A signer is a certificate with its key; nil signs nothing, so that what is made signs itself.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func (s *signer) make(template *x509.Certificate) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		return nil, err
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	template.BasicConstraintsValid = true
	if s == nil {
		s = &signer{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, s.certificate, &key.PublicKey, s.key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return &signer{parsed, key}, err
}

// A certificateWish is what a certificate is to say that a home lab's does not.
type certificateWish struct {
	caFile string // where a new authority's certificate goes; "": self-signed
	name   string // the only name in it; "": this machine's loopback names
	text   string // stands in every field that takes text, as bytes of two kinds
	noSAN  bool   // the subject alone says whose it is
}

// write puts the text into a name: as UTF-8 and, with bytes that are none, as a T61String.
func (w *certificateWish) write(name *pkix.Name) {
	if w.text == "" {
		return
	}
	name.CommonName, name.Organization, name.Locality = w.text, []string{w.text}, []string{w.text}
	name.ExtraNames = []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 11},
		Value: asn1.RawValue{Tag: asn1.TagT61String, Bytes: []byte("\x9b31mT61\x9d0;T61\x9c\x1b[2J\x00\xff")}}}
}

// newAuthority makes one and writes its certificate to a file, for clients to believe.
func newAuthority(w *certificateWish) (*signer, error) {
	var nobody *signer
	template := &x509.Certificate{Subject: pkix.Name{Organization: []string{"labsim"}, CommonName: "labsim"},
		IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	w.write(&template.Subject)
	template.Subject.CommonName += " CA" // one that is named as what it signs would be taken for self-signed
	authority, err := nobody.make(template)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.certificate.Raw})
	return authority, os.WriteFile(w.caFile, text, 0o600)
}

func newCertificate(w certificateWish) (*tls.Certificate, error) {
	var authority *signer
	var err error
	if w.caFile != "" {
		if authority, err = newAuthority(&w); err != nil {
			return nil, err
		}
	}
	template := &x509.Certificate{Subject: pkix.Name{Organization: []string{"labsim"}, CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if w.name != "" {
		template.Subject.CommonName, template.DNSNames, template.IPAddresses = w.name, []string{w.name}, nil
	}
	w.write(&template.Subject)
	if w.text != "" { // names are ASCII
		ascii := strings.Map(func(r rune) rune {
			if r < 0x80 {
				return r
			}
			return -1
		}, w.text)
		template.DNSNames, template.EmailAddresses = append(template.DNSNames, ascii), []string{ascii}
	}
	if w.noSAN {
		template.DNSNames, template.EmailAddresses, template.IPAddresses = nil, nil, nil
	}
	leaf, err := authority.make(template)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw}, PrivateKey: leaf.key, Leaf: leaf.certificate}, nil
}
