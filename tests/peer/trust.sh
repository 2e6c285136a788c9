#!/bin/bash
# trust.sh - an unknown certificate keeps labtop out until a person says yes; what govc's variables name needs no
# configuration.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux
start_peer vc vcsim
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
printf '[vsphere vc]\nurl = %s\nuser = %s\npassword = %s\n' "$vc_url" "$vc_user" "$vc_password" >"$conf"
chmod 600 "$conf"

# status WORDS…: exit status in $status, stderr in $work/err, JSON in $work/out
status() {
	status=0
	"$labtop" status --json --wait 20 "$@" >"$work/out" 2>"$work/err" || status=$?
}
hosts() { python3 -c 'import json,sys; print(len(json.load(open(sys.argv[1]))["hosts"]))' "$work/out"; }

status --config "$conf"
is "$status" 4 "an unknown certificate: 4"
like "$(cat "$work/err")" '^labtop: vsphere vc: ' "said in one line"
is "$(hosts)" 0 "and nothing was read"

out=$("$labtop" trust --config "$conf" 2>"$work/err" </dev/null)
is "$?" 1 "trust without a terminal: 1"
digits() { tr -d ': ' | tr a-f A-F; }
like "$(grep SHA-256 <<<"$out" | digits)" "$(digits <<<"${vc_sha256#SHA256:}")" "the certificate is shown"
like "$(cat "$work/err")" 'nothing is pinned without a terminal' "and not pinned"

screen_open no 110 30 bash -c '"$0" trust --config "$1"; echo "left with $?"; read -r' "$labtop" "$conf"
screen_wait no 'Type yes' || not_ok "trust asks"
screen_keys no n Enter
screen_wait no 'left with 1' && ok "no is no" || not_ok "no is no"
status --config "$conf"
is "$status" 4 "and the server stays unknown"

screen_open yes 110 30 bash -c '"$0" trust vc --config "$1"; echo "left with $?"; read -r' "$labtop" "$conf"
screen_wait yes 'Type yes' || not_ok "trust asks"
screen_keys yes yes Enter
screen_wait yes 'left with 0' && ok "yes pins it" || not_ok "yes pins it"
status --config "$conf"
is "$status" 0 "now the server is known"
unlike "$(hosts)" '^0$' "and read"
unlike "$(cat "$work/state/certs")" "$vc_password" "no password in the state directory"

# govc's variables
export GOVC_USERNAME=$vc_user GOVC_PASSWORD=$vc_password GOVC_URL=$vc_url
status
is "$status" 0 "GOVC_URL needs no configuration"
GOVC_PASSWORD=wrong status
is "$status" 3 "a wrong password: 3"
export LABTOP_STATE=$work/elsewhere
status
is "$status" 4 "GOVC_URL of an unknown server: 4"
GOVC_INSECURE=1 status
is "$status" 0 "GOVC_INSECURE asks nothing"

# how the configuration and govc may say which server is meant
address=${vc_url#https://} address=${address%%/*}
# configured LINES…: a server of its own, known by these lines only
configured() {
	printf '%s\n' "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password = $vc_password" "$@" >"$conf"
	env -u GOVC_URL "$labtop" status --json --wait 20 --config "$conf" >"$work/out" 2>"$work/err"
	status=$?
}
printf '%s %s\n' "192.0.2.1:443" "AA:BB" "$address" "$vc_sha1" >"$work/known_hosts"
GOVC_TLS_KNOWN_HOSTS=$work/known_hosts status
is "$status" 0 "GOVC_TLS_KNOWN_HOSTS names the server's print: nothing is asked"
printf '%s %s\n' "$address" "${vc_sha1//[0-9A-F]/0}" >"$work/known_hosts"
GOVC_TLS_KNOWN_HOSTS=$work/known_hosts status
is "$status" 4 "another print there: 4"
like "$(cat "$work/err")" 'its certificate is another one now.*: SHA256:' "and both prints are told"
unlike "$(cat "$work/out")" '"esx01' "and nothing was read"

configured "thumbprint = $vc_sha256"
is "$status" 0 "thumbprint ="
configured "thumbprint = $vc_sha256" "url = $vc_url/"
is "$status" 0 "/sdk/ is /sdk"
configured "thumbprint = ${vc_sha256//[0-9A-F]/0}"
is "$status" 4 "another thumbprint: 4"

configured "tls = ca"
is "$status" 4 "tls = ca: nobody vouches for it: 4"
like "$(cat "$work/err")" '^labtop: vsphere vc: .*certificate.*ca-file.*labtop trust vc' "and it is said, with what to do"
python3 -c 'import ssl, sys; h, p = sys.argv[1].rsplit(":", 1); print(ssl.get_server_certificate((h, int(p))), end="")' \
	"$address" >"$work/ca.pem"
configured "tls = ca" "ca-file = $work/ca.pem"
is "$status" 0 "tls = ca with ca-file: 0"

configured "tls = insecure"
is "$status" 0 "tls = insecure asks nothing"
like "$("$labtop" status --config "$conf" --wait 20)" 'vc +vsphere +live.*\(certificate not checked\)' "and status says so"
like "$("$labtop" snapshot --config "$conf" | head -1)" '● vc unchecked' "and the header, too"
configured "tls = sometimes"
is "$status" 4 "a word that tls does not know leaves the strict way"
like "$(cat "$work/err")" 'labtop\.conf:5: tls is' "and is told with its line"

done_testing
