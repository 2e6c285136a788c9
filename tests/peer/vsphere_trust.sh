#!/bin/bash
# vsphere_trust.sh - every way to know a vSphere server but the pin: an authority, its names, govc's known hosts, nothing at all.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/vsphere_watch.sh"
need tmux tmux
start_peer vc vcsim
logins() { count_of Login; }

# ---- an authority ----
watch_start tls=ca
ok_if "tls = ca: a self-signed certificate is refused" wait_told '^source down .*certificate'
watch_stop
control vc certificate "ca=$work/ca.pem" >/dev/null
watch_start tls=ca
ok_if "and one of an authority nobody believes" wait_told '^source down .*certificate'
watch_stop
is "$(logins)" 0 "neither sees a password"
watch_start tls=ca "ca-file=$work/ca.pem"
ok_if "that of ca-file is believed" wait_told '^source live .*certificate of a known authority'
unlike "$(cat "$work/out")" ' insecure' "and it is not called insecure"
watch_stop
is "$(logins)" 1 "logged in"
control vc certificate "ca=$work/other.pem" >/dev/null
watch_start tls=ca "ca-file=$work/ca.pem"
ok_if "another authority of the same name is not" wait_told '^source down .*certificate'
watch_stop
control vc certificate "ca=$work/ca.pem" name=elsewhere.example >/dev/null
watch_start tls=ca "ca-file=$work/ca.pem"
ok_if "nor the right one for another host's name" wait_told "^source down .*(does not match|no alternative certificate)"
watch_stop
watch_start tls=ca "ca-file=$work/nowhere.pem"
ok_if "a ca-file that is not there is said" wait_told "^source down .*nowhere.pem"
watch_stop
is "$(logins)" 1 "nothing more was sent to any of them"

# ---- govc's known hosts ----
prints() { control vc info | sed -n "s/^$1=//p"; }
host=${vc_url#https://} host=${host%/sdk}
colons() { sed 's/../&:/g; s/:$//' | tr a-f A-F; }
printf 'other.example:443 00:11\n%s %s\n' "$host" "$(prints sha1 | colons)" >"$work/known_hosts"
export GOVC_TLS_KNOWN_HOSTS=$work/nowhere:$work/known_hosts
watch_start
ok_if "GOVC_TLS_KNOWN_HOSTS: the print of govc's file" wait_told '^source live .*pinned certificate'
watch_stop
printf '%s %s\n' "$host" "$(prints sha256 | colons)" >"$work/known_hosts"
watch_start
ok_if "in its newer form as well" wait_told '^source live .*pinned certificate'
watch_stop
before=$(logins)
printf '%s 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\n' "$host" >"$work/known_hosts"
watch_start
ok_if "another one's is refused" wait_told '^source down .*another one'
watch_stop
unset GOVC_TLS_KNOWN_HOSTS
is "$(logins)" "$before" "and sees no password"
ok_if "nothing of it is kept" test ! -s "$work/state/certs"

# ---- nothing ----
watch_start tls=insecure
ok_if "tls = insecure asks nothing, and says so" wait_told '^source live .*certificate not checked.* insecure'
watch_stop
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
printf '[vsphere vc]\nurl = %s\nuser = %s\npassword = %s\ntls = insecure\n' "$vc_url" "$vc_user" "$vc_password" >"$conf"
chmod 600 "$conf"
screen_open console 110 30 "$labtop" --config "$conf"
ok_if "the header says it all the time" screen_wait console '● vc unchecked'
screen_keys console q
done_testing
