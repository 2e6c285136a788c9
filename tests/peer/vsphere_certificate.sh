#!/bin/bash
# vsphere_certificate.sh - a certificate that means harm, before anybody trusts it: escape sequences, C1 and bidi controls,
# NULs and names of 10 kB in its subject, issuer and names reach neither a terminal nor JSON nor a file raw.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
start_peer vc vcsim
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
raw() { (cd "$work" && python3 "$top_srcdir/tests/peer/raw.py" "$@"); }
# configured LINE…
configured() {
	printf '%s\n' "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password = $vc_password" "$@" >"$conf"
	chmod 600 "$conf"
}
long=$(printf 'A%.0s' $(seq 10000))
texts=(
	$'esc\e[2Jape \e]0;title\a \e]52;c;cHduZWQ=\a \eP1$r\e\\ \e[6n \e[c'
	$'c1 \302\2332J \302\2350;title\302\234 bidi \342\200\256evil\342\201\246 zero\342\200\213width'
	$'lines\r\nlabtop: all is well\r\b\b\b\tover\v\f\x7f'
	"10 kB $long"$'\e[2J'
	"formats %s%n%1000000d \${IFS} \`id\`"
)
i=0
for text in "${texts[@]}"; do
	i=$((i + 1)) name=${text:0:5}
	name=${name//[^a-z0-9 ]/}
	control vc certificate "text=$text" >/dev/null
	configured
	ok_if "$i $name: labtop trust in a pipe" raw PIPE 30 "" "$labtop" trust --config "$conf"
	like "$(tr -d '\0' <"$work/raw.out")" 'subject +.*issuer +' "$i: subject and issuer are shown"
	ok_if "$i: labtop trust at a terminal, a no" raw TTY 30 no "$labtop" trust --config "$conf"
	like "$(tr -d '\0' <"$work/raw.out")" 'Type yes' "$i: it asked"
	ok_if "$i: status" raw PIPE 30 "" "$labtop" status --wait 20 --config "$conf"
	like "$(tr -d '\0' <"$work/raw.out")" 'its certificate is not known yet' "$i: the reason quotes it"
	ok_if "$i: status --json" raw PIPE 30 "" bash -c '"$0" status --json --wait 20 --config "$1" 2>/dev/null' "$labtop" "$conf"
	like "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["sources"][0]["reason"])' "$work/raw.out")" 'not known yet' "$i: in good JSON"
	ok_if "$i: the screen" raw --full-screen TTY 30 "" env TERM=xterm-256color "$labtop" --view tasks --frames 8 --interval 200 --config "$conf"
done
ok_if "a yes pins it all the same" raw TTY 30 yes "$labtop" trust --config "$conf"
ok_if "the pin is one clean line" python3 -c 'import sys
lines = open(sys.argv[1], "rb").read().splitlines()
assert len(lines) == 1 and all(32 <= b < 127 for b in lines[0]), lines' "$work/state/certs"

# ---- where libcurl quotes it: the name does not fit ----
control vc certificate "ca=$work/ca.pem" "text=${texts[0]}" san=no >/dev/null
configured "tls = ca" "ca-file = $work/ca.pem"
ok_if "tls = ca, another name: status" raw PIPE 30 "" "$labtop" --trace http status --wait 20 --config "$conf"
like "$(tr -d '\0' <"$work/raw.out")" 'labtop: vsphere vc: .*certificate subject name .esc.*does not match' "libcurl quotes the name"
ok_if "and the JSON" raw PIPE 30 "" bash -c '"$0" status --json --wait 20 --config "$1" 2>/dev/null' "$labtop" "$conf"
ok_if "the trace is clean as well" python3 -c 'import glob, sys
files = glob.glob(sys.argv[1] + "/trace/*")
assert files, "no trace"
for f in files:
    text = open(f, "rb").read().decode()
    assert not any(ord(c) < 32 and c != "\n" and c != "\r" and c != "\t" or 127 <= ord(c) < 160 for c in text), (f, text)' "$work/state"
is "$(control vc counts of=Login)" 0 "no password was sent to any of them"
done_testing
