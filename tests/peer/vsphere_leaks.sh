#!/bin/bash
# vsphere_leaks.sh - servers allow so many sessions: whatever happens to a connection, there is one session while labtop is
# there, and none when it has gone. Counted at the server, which forgets none by itself. (A log-in that the server performed
# and whose whole answer was lost cannot be ended by anybody but the server: its cookie was in that answer.)
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/vsphere_watch.sh"
start_peer vc vcsim
trusted=thumbprint=$vc_sha256
sessions_are() { [ "$(control vc sessions)" = "$1" ]; }
at_least() { [ "$(count_of "$1")" -ge "$2" ]; }
# follow [KEY=VALUE…]: a worker that has read everything and waits for changes
follow() {
	control vc reset >/dev/null
	watch_start "$trusted" interval=2s "$@"
	wait_told '^tasks' || not_ok "it follows"
	sessions_are 1 || not_ok "in one session"
}
gone() {
	watch_stop
	is "$(control vc sessions)" 0 "$1: none is left at the end"
}

# ---- the server hangs ----
follow
control vc hang >/dev/null
wait_told '^source down' || not_ok "a hang is a failure"
is "$(control vc sessions)" 1 "hang: its session is still there"
at=$(mark)
control vc go >/dev/null
wait_told_since "$at" '^tasks' || not_ok "it comes back"
is "$(control vc sessions)" 1 "hang: the one before was ended when the server answered again"
gone hang

follow
control vc hang >/dev/null
wait_told '^source down' || not_ok "a hang is a failure"
control vc go >/dev/null
gone "hang, then the end while it waits to connect again"

# ---- the connection goes ----
follow
control vc down >/dev/null
wait_told '^source down' || not_ok "no server is a failure"
at=$(mark)
control vc up >/dev/null
wait_told_since "$at" '^tasks' || not_ok "it comes back"
is "$(control vc sessions)" 1 "reconnect: the one before was ended"
gone reconnect

# ---- the session ends, or the server says so ----
follow
at=$(mark)
control vc expire >/dev/null
wait_told_since "$at" '^inventory .*complete' || not_ok "it logs in again"
is "$(control vc sessions)" 1 "a session that ended: one new one"
gone "a session that ended"
follow
at=$(mark)
control vc fail method=WaitForUpdatesEx how=fault:NotAuthenticated >/dev/null
wait_told_since "$at" '^inventory .*complete' || not_ok "it logs in again"
is "$(control vc sessions)" 1 "NotAuthenticated although the session holds: it was ended before the new one"
gone "NotAuthenticated"

# ---- the end comes while it connects ----
for method in Login RetrievePropertiesEx; do
	control vc reset >/dev/null
	control vc fail method=$method how=late:300 >/dev/null
	watch_start "$trusted"
	wait_for at_least $method 1 || not_ok "$method is on its way"
	gone "the end while $method is on its way"
	is "$(count_of Login)" "$(count_of Logout)" "each log-in has its log-out"
done

# ---- an answer that breaks off ----
control vc reset >/dev/null
control vc fail method=Login how=half >/dev/null
watch_start "$trusted" interval=2s
wait_told '^tasks' || not_ok "a second log-in is good"
is "$(control vc sessions)" 1 "a log-in whose answer broke off: its cookie came, so it was ended"
gone "a log-in whose answer broke off"
done_testing
