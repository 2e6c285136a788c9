#!/bin/bash
# live.sh - the console as a person sees it while things happen: a VM is switched off, a server hangs and comes back, an agent
# is killed, a card vanishes, an engine stops. Each shows on the screen, and everything else goes on.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
LABTOP_WAIT=${LABTOP_WAIT:-120} # a server is given up only when its long poll is over

uuid=4210aabb-ccdd-eeff-0011-223344556677 mac=00:50:56:aa:00:01
start_peer vc vcsim --llm-uuid "$uuid" --llm-mac "$mac"
start_peer guest sshd
start_peer vllm vllm-sim --model labtop/tiny
mi50_tree "$work/tree" "$uuid" "$mac" -n 4 -m 32

# The guest's agent goes through a gate, and is called by a path of its own so that it can be found.
ln -s "$labtop_agent" "$work/labtop-agent"
touch "$work/gate"
cat >"$work/agent.sh" <<EOF
#!/bin/sh
[ -e "$work/gate" ] || { echo 'the gate is closed' >&2; exit 3; }
exec "$top_srcdir/tests/peers/mi50-agent.sh" "$work/tree" "$work/labtop-agent" "\$@"
EOF
chmod +x "$work/agent.sh"

export LABTOP_STATE=$work/state
conf=$work/labtop.conf
cat >"$conf" <<EOF
[lab]
name = proof
$(vsphere_section)
interval = 1h
[guest llm-1]
ssh = guest
ssh-config = $guest_config
agent = $work/agent.sh
method = agent
[engine vllm]
url = $vllm_url
EOF
chmod 600 "$conf"

screen_open console 160 44 "$labtop" --config "$conf"
shows() { if screen_wait console "$2"; then ok "$1"; else not_ok "$1" && printf '%s\n' "want: $2" "$(screen_text console)" | diag; fi; }
shows "the four cards stand in their host, in their VM, with a temperature" 'MI50 03:00\.0 +llm-1 .*[0-9]°C'
shows "every source is live" '● vc ● llm-1 ● vllm'

# ---- a VM is switched off -------------------------------------------------------------------------------------------
screen_keys console 5
shows "a VM is on" 'mgmt +on'
reads() { # [MORE]: how often objects, or a selection of them, were asked for; and that with MORE readings of objects
	echo "$(($(control vc counts of=RetrievePropertiesEx) + ${1:-0})) $(control vc counts of=CreateFilter) $(control vc counts of=Login)"
}
expected=$(reads 1)
control vc power vm=mgmt state=off >/dev/null
shows "switched off there, it is off here" 'mgmt +off'
ok_if "by an update: its settings alone were read anew" wait_for eval '[ "$(reads)" = "$expected" ]'
control vc add vm=newcomer host=esx02 >/dev/null
shows "a new one is there" 'newcomer +off +esx02'
control vc remove vm=newcomer >/dev/null
ok_if "and gone when it is removed" wait_for eval '! screen_has console newcomer'

# ---- sensors --------------------------------------------------------------------------------------------------------
screen_keys console 4
shows "the host's fans" 'System Board 1 FAN1 +8,400 rpm'
shows "and its air" 'Inlet Temp +2[67](\.5)? °C'
control vc sensor host=esx01 "name=System Board 1 FAN1" reading=111100 >/dev/null
sensors_read=$SECONDS

# ---- the server hangs -----------------------------------------------------------------------------------------------
screen_keys console 5
control vc hang >/dev/null
control vc power vm=mgmt state=on >/dev/null
shows "a server that stops answering is silent, then down; the others live" '[◌✗] vc [0-9]+[sm].* ● llm-1 ● vllm'
screen_keys console 9
shows "and why is told, in the end" 'down +vc .*no answer for [0-9.]+ s'
ok_if "and what that may mean" screen_has console 'took the connection'
unlike "$(screen_text console)" '(down|silent) +(llm-1|vllm)' "the others are not among what is not live"
screen_keys console 2
shows "what only that server tells of a card is marked as old" 'A40 .*~ ?64'

screen_keys console 1
shows "the cards live on meanwhile" 'MI50 03:00\.0 +llm-1 .*[^~0-9][0-9]+°C'
screen_keys console 5
shows "what it told stands there still, as old" 'mgmt +~off'
control vc go >/dev/null
shows "it comes back by itself" '● vc ● llm-1 ● vllm'
shows "with what happened meanwhile" 'mgmt +on'

# ---- the agent is killed --------------------------------------------------------------------------------------------
screen_keys console 1
rm "$work/gate"
pkill -KILL -f "^$work/labtop-agent"
shows "the agent is killed: its guest is down, the others live" '● vc ✗ llm-1.* ● vllm'
shows "with a reason" 'llm-1 +.*the gate is closed'
shows "its values are the last known" 'MI50 03:00\.0 +llm-1 .*~[0-9]+°C'
touch "$work/gate"
shows "and it comes back by itself" '● vc ● llm-1 ● vllm'
shows "with values of now" 'MI50 03:00\.0 +llm-1 .*[^~0-9][0-9]+°C'

# ---- a card vanishes ------------------------------------------------------------------------------------------------
card=$(readlink -f "$work"/tree/sys/class/drm/card*/device | tail -n 1)
rm -rf "$card" "$work"/tree/sys/class/drm/card3
shows "a card that is gone has no temperature any more" 'MI50 c3:00\.0 +llm-1 +(LOST|lost|-|[^0-9]*$)'
shows "and the others have" 'MI50 83:00\.0 +llm-1 .*[^~0-9][0-9]+°C'

# ---- an engine stops ------------------------------------------------------------------------------------------------
screen_keys console 6
shows "the engine's model" 'labtop/tiny'
stop_peer vllm
shows "stopped: it is down, the others live" '● vc ● llm-1 ✗ vllm'
shows "its row says so" 'vllm +vllm .*down [0-9]+s .*~0'
shows "and why" 'GET http://127[^ ]*: .*(refused|connect)'

# ---- sensors, a minute later ----------------------------------------------------------------------------------------
screen_keys console 4 r
LABTOP_WAIT=$((90 - SECONDS + sensors_read > 30 ? 90 - SECONDS + sensors_read : 30))
shows "a fan that slowed down, when asked again: once a minute and not more often" 'System Board 1 FAN1 +1,111 rpm'
unset LABTOP_WAIT

screen_keys console q
ok_if "q leaves" screen_wait console 'Pane is dead|^$'
is "$(control vc counts of=Logout)" 2 "and logs out, as it did of the session that the hang had left behind"
done_testing
