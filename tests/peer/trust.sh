#!/bin/bash
# trust.sh - an unknown certificate keeps labtop out until a person says yes; what govc's variables name needs no
# configuration.
. "${srcdir:-.}/tests/tap.sh"
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

done_testing
