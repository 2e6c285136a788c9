// certificate.go: a self-signed certificate, as a home lab's servers have, or one of an authority made for the occasion.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
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

// newAuthority makes one and writes its certificate to a file, for clients to believe.
func newAuthority(file string) (*signer, error) {
	var nobody *signer
	authority, err := nobody.make(&x509.Certificate{Subject: pkix.Name{Organization: []string{"labsim"}, CommonName: "labsim CA"},
		IsCA: true, KeyUsage: x509.KeyUsageCertSign})
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.certificate.Raw})
	return authority, os.WriteFile(file, text, 0o600)
}

// newCertificate: caFile is where a new authority's certificate goes ("": self-signed), name the only name in it ("": this
// machine's loopback names).
func newCertificate(caFile, name string) (*tls.Certificate, error) {
	var authority *signer
	var err error
	if caFile != "" {
		if authority, err = newAuthority(caFile); err != nil {
			return nil, err
		}
	}
	template := &x509.Certificate{Subject: pkix.Name{Organization: []string{"labsim"}, CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if name != "" {
		template.Subject.CommonName, template.DNSNames, template.IPAddresses = name, []string{name}, nil
	}
	leaf, err := authority.make(template)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw}, PrivateKey: leaf.key, Leaf: leaf.certificate}, nil
}
