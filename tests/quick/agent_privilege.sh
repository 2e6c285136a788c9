#!/bin/bash
# agent_privilege.sh - with more rights than its caller has, the agent lets nothing be chosen that it reads or loads; and the
# manual has the one line of sudoers(5) that fits what is run.
. "${srcdir:-.}/tests/tap.sh" || exit 99
[ -x "$labtop_agent" ] || skip_all "built without the agent"

mkdir -p "$work/tree/class/drm" "$work/proc"
secret=$work/secret
echo c4nary >"$secret"
mkdir -p "$work/tree/class/dmi/id"
ln -s "$secret" "$work/tree/class/dmi/id/product_uuid"
other=$(($(id -u) + 1))

# refused WHAT ENV-AND-WORDS…: the agent ends with 2 before it reads anything
refused() {
	local what=$1 status=0 out
	shift
	out=$(timeout 20 env "$@" 2>&1) || status=$?
	is "$status" 2 "$what: refused"
	unlike "$out" 'c4nary|labtop-agent":1' "$what: and nothing read"
	like "$out" "labtop-agent: .* is refused: .* more rights than its caller has" "$what: it says why"
}
for lender in "SUDO_UID=$other" "PKEXEC_UID=$other" DOAS_USER=nobody; do
	refused "$lender, --sysfs-root" "$lender" "$labtop_agent" --once --sysfs-root "$work/tree"
	refused "$lender, --proc-root" "$lender" "$labtop_agent" --once --proc-root "$work/proc"
	refused "$lender, LABTOP_NVML" "$lender" LABTOP_NVML="$secret" "$labtop_agent" --once
	refused "$lender, LABTOP_ROCM_SMI" "$lender" LABTOP_ROCM_SMI="$secret" "$labtop_agent" --once
	refused "$lender, as a library's child" "$lender" "$labtop_agent" --child nvml --sysfs-root "$work/tree"
done
# what it does without a choice of the caller's, and for whom it is
like "$(SUDO_UID=$other timeout 60 "$labtop_agent" --once)" '"labtop-agent":1' "under sudo it works as it is allowed"
like "$(SUDO_UID=$other timeout 60 "$labtop_agent" --once --sysfs-root /sys --proc-root /proc)" '"labtop-agent":1' "the usual places are no choice"
like "$(SUDO_UID=$(id -u) timeout 60 "$labtop_agent" --once --sysfs-root "$work/tree")" '"labtop-agent":1' "one's own rights are not borrowed"
like "$(timeout 60 "$labtop_agent" --once --sysfs-root "$work/tree")" '"labtop-agent":1' "nor are they without sudo"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1 && ! mount | grep -q " $(stat -c %m "$work") .*nosuid"; then
	cp "$labtop_agent" "$work/agent-suid"
	chmod 4755 "$work/agent-suid"
	chmod 755 "$work"
	refused "set-user-ID" setpriv --reuid=65534 --regid=65534 --clear-groups "$work/agent-suid" --once --sysfs-root "$work/tree"
else
	skip "set-user-ID" "needs root, setpriv and a file system with set-user-ID"
fi

line=$("$labtop" --generate labtop.conf.5 2>/dev/null | sed 's/\\-/-/g' | grep -m1 NOPASSWD)
is "$line" 'ops ALL = (root) NOPASSWD: /usr/bin/labtop-agent --interval 1000' "the line of sudoers(5)"
cat >"$work/sudo" <<EOF2
#!/bin/sh
echo "\$*" >"$work/asked"
exit 1
EOF2
chmod 755 "$work/sudo"
printf '[guest g]\nssh = local\nmethod = agent\nagent = labtop-agent\nsudo = yes\n' >"$work/sudo.conf"
PATH=$work:$PATH LABTOP_STATE=$work/state "$labtop" --config "$work/sudo.conf" status --wait 10 >/dev/null 2>&1
is "-n ${line#*/usr/bin/}" "$(cat "$work/asked")" "is what labtop runs"
done_testing
