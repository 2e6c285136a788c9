#!/bin/bash
# bad_server.sh - real servers that will not have us: a wrong password is tried once and then only when somebody asks, a
# certificate or host key that is unknown or another one keeps us out, and what is well lives. Each is one clear line.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux
start_peer vc vcsim
start_peer guest sshd
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
sections() { # TEXT…: a configuration of that and of a guest that is well
	printf '%s\n' "$@" >"$conf"
	cat >>"$conf" <<-EOF
		[guest well]
		ssh = guest
		ssh-config = $guest_config
		agent = $labtop_agent
		interval = 10s
	EOF
	chmod 600 "$conf"
}
# status: exit status in $status, stdout and stderr in $work/out and $work/err
status() {
	status=0
	"$labtop" status --wait 20 --config "$conf" >"$work/out" 2>"$work/err" || status=$?
}
one_line() { # ERE WHAT: stderr is one line that matches
	is "$(wc -l <"$work/err")" 1 "$2: one line"
	like "$(cat "$work/err")" "$1" "$2"
	like "$(cat "$work/out")" 'well +guest +live' "$2: the guest that is well lives"
}

# ---- a wrong password -----------------------------------------------------------------------------------------------
sections "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password-command = cat $work/password" "thumbprint = $vc_sha256"
echo wrong >"$work/password"
status
is "$status" 5 "a wrong password, and a guest that answers: 5"
one_line '^labtop: vsphere vc: .*(password|login)' "a wrong password"
unlike "$(cat "$work/err" "$work/out")" 'wrong' "the password is not told"
is "$(control vc counts of=Login)" 1 "one attempt"

screen_open console 160 40 "$labtop" --config "$conf"
ok_if "on the screen: the source is down, the guest lives" screen_wait console '✗ vc ● well'
screen_keys console 9
ok_if "on the screen: and why" screen_wait console 'down +vc +.*(password|login)'
screen_keys console r
ok_if "r asks those that can be asked" screen_wait console 'refreshing all sources'
# Until it would have been tried again if it were: the guest has been asked meanwhile and is live.
ok_if "the rest goes on" screen_wait console 'live +well'
is "$(control vc counts of=Login)" 2 "and still one attempt: r does not knock at a closed door"
printf '%s\n' "$vc_password" >"$work/password"
screen_keys console R
ok_if "R does, and the password is asked for anew" screen_wait console '● vc ● well'
is "$(control vc counts of=Login)" 3 "by one attempt"
screen_keys console q
screen_wait console 'Pane is dead|^$'

# ---- another certificate --------------------------------------------------------------------------------------------
sections "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password = $vc_password"
screen_open yes 110 30 bash -c '"$0" trust vc --config "$1"; echo "left with $?"; read -r _' "$labtop" "$conf"
screen_wait yes 'Type yes' && screen_keys yes yes Enter
ok_if "its certificate is pinned" screen_wait yes 'left with 0'
status
is "$status" 0 "the server is known"
logins=$(control vc counts of=Login)
colons() { sed 's/../&:/g; s/:$//' | tr a-f A-F; }
old=$vc_sha256
new=$(control vc certificate | sed -n 's/^sha256=//p')
status
is "$status" 4 "another certificate: 4"
one_line '^labtop: vsphere vc: .*certificate is another one now.*labtop trust' "another certificate"
told=$(tr -d : <"$work/err" | tr A-F a-f)
like "$told" "$new" "the new print is told"
like "$told" "$old" "and the old one"
is "$(control vc counts of=Login)" "$logins" "and no password went there"
sections "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password = $vc_password" "thumbprint = $old"
status
is "$status" 4 "another one than the thumbprint that is configured: 4"
one_line "change thumbprint of \\[vsphere vc\\].*$old" "another one than configured"

# ---- ssh host keys --------------------------------------------------------------------------------------------------
sections "[guest stranger]" "ssh = stranger.guest" "ssh-config = $work/strange" "agent = $labtop_agent"
sed "s,UserKnownHostsFile .*,UserKnownHostsFile $work/known," "$guest_config" >"$work/strange"
: >"$work/known"
status
is "$status" 4 "an unknown host key: 4"
one_line "^labtop: guest stranger: its host key is not known; .*: ssh -F $work/strange stranger\.guest" "an unknown host key"
ssh-keygen -q -t ed25519 -N '' -f "$work/other"
printf '[127.0.0.1]:%s %s\n' "$guest_port" "$(cut -d' ' -f1,2 "$work/other.pub")" >"$work/known"
status
is "$status" 4 "another host key: 4"
print=$(ssh-keygen -lf "$work/guest/host_key.pub" | cut -d' ' -f2)
one_line "^labtop: guest stranger: its host key has changed to ${print//+/\\+}: .*ssh-keygen -R" "another host key"
like "$(cat "$work/known")" "$(cut -d' ' -f2 "$work/other.pub" | cut -c1-30)" "and known_hosts is as it was"

# ---- nobody there, and no way in ------------------------------------------------------------------------------------
control vc down >/dev/null
sections "[vsphere vc]" "url = $vc_url" "user = $vc_user" "password = $vc_password" "thumbprint = $new"
status
is "$status" 5 "a closed port: 5, the guest answers"
one_line '^labtop: vsphere vc: .*[Cc]onnection refused' "a closed port"
sed 's,IdentityFile .*,IdentityFile /nowhere,' "$guest_config" >"$work/keyless"
sections "[guest keyless]" "ssh = keyless.guest" "ssh-config = $work/keyless" "agent = $labtop_agent"
status
is "$status" 5 "no key: 5, the other guest answers"
one_line '^labtop: guest keyless: .*Permission denied' "no key"
done_testing
