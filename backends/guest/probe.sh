# probe.sh - what labtop reads a guest with where labtop-agent is not installed: a plain POSIX shell that prints the agent
# stream (design.md, Formats) with what /sys, /proc and nvidia-smi tell. Fed to "sh -s INTERVAL_MS [SYSFS-ROOT [PROC-ROOT]]"
# on stdin. The loop forks for sleep, for od once a card that has gpu_metrics, and, beside it, every 10 s for df and for
# nvidia-smi where there is one. What it does not tell it leaves out: Vulkan's processes, ECC, command lines.
LC_ALL=C
export LC_ALL
seconds=$(( (${1:-1000} + 999) / 1000 ))
sys=${2:-/sys}
proc=${3:-/proc}
[ "$seconds" -gt 0 ] || seconds=1

# first FILE: its first line in $line; fails when it cannot be read
first() {
	line=
	[ -r "$1" ] && { read -r line || [ -n "$line" ]; } 2>/dev/null <"$1"
}

is_number() {
	case $1 in
	'' | - | *[!0-9-]* | ?*-*) return 1 ;;
	esac
}

# text KEY VALUE: appends "KEY":"VALUE" to $out when there is a value
text() {
	[ -n "$2" ] || return 0
	case $2 in
	*[!\ -~]* | *\\* | *\"*) set -- "$1" "$(printf '%s' "$2" | tr -d '\000-\037\177-\377' | sed 's/[\\"]/\\&/g')" ;;
	esac
	out="$out,\"$1\":\"$2\""
}

# tenth N UNIT: N/UNIT with one decimal in $tenth
tenth() {
	n=$1 sign=
	[ "$n" -ge 0 ] || { n=$((-n)); sign=-; }
	tenth=$sign$((n / $2)).$((n % $2 * 10 / $2))
}

# value KEY FILE: the number in $line; what is there and may not be read, or is no number, goes into $err
value() {
	if first "$2"; then
		[ -n "$line" ] || return 1
		is_number "$line" && return 0
		err="$err,\"$1\":\"bad\""
	elif [ -e "$2" ] && [ ! -r "$2" ]; then
		err="$err,\"$1\":\"denied\""
	fi
	return 1
}

# number KEY FILE UNIT: whole units.   decimal KEY FILE UNIT: with one decimal
number() {
	value "$1" "$2" && out="$out,\"$1\":$((line / $3))"
}
decimal() {
	value "$1" "$2" && tenth "$line" "$3" && out="$out,\"$1\":$tenth"
}

# each_card COMMAND: runs it in every card's device directory that amdgpu drives, with $bdf and $path set
each_card() {
	for card in "$sys"/class/drm/card[0-9]*; do
		case ${card##*/card} in
		*[!0-9]*) continue ;; # a connector
		esac
		CDPATH= cd -P "$card/device" 2>/dev/null || continue
		first vendor && [ "$line" = 0x1002 ] || continue
		bdf=${PWD##*/}
		path=${PWD#*/devices/pci}
		path=${path#*/}
		"$1"
	done
	cd / || exit 1
}

# A card's id is its address here: which of its other names tells it from the rest is for the reader to say.
card_hello() {
	id=$bdf
	out=
	first unique_id && text unique_id "$line"
	first serial_number && text serial "$line"
	first vendor && text vendor_id "${line#0x}"
	first device && text device_id "${line#0x}"
	first subsystem_vendor && subsystem=${line#0x} && first subsystem_device && text subsystem "$subsystem:${line#0x}"
	first product_name && text name "$line"
	first vbios_version && text vbios "$line"
	first numa_node && is_number "$line" && [ "$line" -ge 0 ] && out="$out,\"numa_node\":$line"
	text path "$path"
	limits=
	for label in hwmon/hwmon*/temp*_label; do
		first "$label" || continue
		name=$line
		[ "$name" != edge ] && [ "$name" != junction ] && [ "$name" != mem ] && continue
		first "${label%_label}_crit" && is_number "$line" && tenth "$line" 1000 &&
			limits="$limits,\"temp_${name}_crit_c\":$tenth"
	done
	kfd_node
	cards="$cards,{\"id\":\"$id\",\"kind\":\"gpu\",\"bdf\":\"$bdf\",\"driver\":\"amdgpu\"$out,\"limits\":{${limits#,}}}"
}

# kfd_node: the compute driver's name for the card, by its address; appended to $nodes as " GPUID=ID"
kfd_node() {
	rest=${bdf#*:}
	bus=${rest%%:*} rest=${rest#*:}
	location=$((0x$bus << 8 | 0x${rest%%.*} << 3 | 0x${rest#*.}))
	for node in "$sys"/class/kfd/kfd/topology/nodes/*; do
		first "$node/gpu_id" && is_number "$line" && [ "$line" -gt 0 ] && [ -r "$node/properties" ] || continue
		gpu_id=$line
		domain=0 here=
		while read -r key number; do
			case $key in domain) domain=$number ;; location_id) here=$number ;; esac
		done <"$node/properties"
		[ "$here" = "$location" ] && [ "$domain" = $((0x${bdf%%:*})) ] && nodes="$nodes $gpu_id=$id"
	done
}

# link_gen SPEED: "16.0 GT/s PCIe" to a generation in $gen
link_gen() {
	gen=
	case $1 in
	2.5*) gen=1 ;; 5*) gen=2 ;; 8*) gen=3 ;; 16*) gen=4 ;; 32*) gen=5 ;; 64*) gen=6 ;;
	esac
}

# celsius KEY LOW HIGH: a regulator's temperature out of two bytes; all ones: unset
celsius() {
	degrees=$(($2 | $3 << 8))
	[ $degrees = 65535 ] && return 0
	[ $degrees -lt 32768 ] || degrees=$((degrees - 65536))
	out="$out,\"$1\":$degrees"
}

# Regulators and the reasons for throttling out of the driver's binary table, whose bits are known for Vega 20 only. Nothing
# where there is no od, no table or another form of it: then nobody knows.
card_metrics() {
	[ -n "$od" ] && [ -r gpu_metrics ] && first device || return 0
	case $line in 0x66a?) ;; *) return 0 ;; esac
	set -- $("$od" -A n -v -t u1 -N 80 gpu_metrics 2>/dev/null </dev/null)
	[ $# = 80 ] && [ "$3.$4" = 1.0 ] || return 0
	celsius temp_vrgfx_c "${23}" "${24}"
	celsius temp_vrsoc_c "${25}" "${26}"
	celsius temp_vrmem_c "${27}" "${28}"
	bits=$((${69} | ${70} << 8 | ${71} << 16 | ${72} << 24))
	[ $bits = 4294967295 ] && return 0
	list=
	[ $((bits & 0x7fe)) = 0 ] || list="$list,\"thermal\""
	[ $((bits & 0x1800)) = 0 ] || list="$list,\"current\""
	[ $((bits & 0x2000)) = 0 ] || list="$list,\"power-cap\""
	[ $((bits & 0xc000)) = 0 ] || list="$list,\"other\""
	out="$out,\"throttle\":[${list#,}],\"throttle_bits\":$bits"
}

card_sample() {
	id=$bdf
	out=
	err=
	# Reading a sensor would wake a card that sleeps.
	if first power/runtime_status && [ "$line" = suspended ]; then
		cards="$cards,{\"id\":\"$id\",\"state\":\"suspended\"}"
		return 0
	fi
	for label in hwmon/hwmon*/temp*_label; do
		first "$label" || continue
		name=$line
		case $name in
		edge | junction | mem) decimal "temp_${name}_c" "${label%_label}_input" 1000 ;;
		esac
	done
	for hwmon in hwmon/hwmon*; do
		number sclk_mhz "$hwmon/freq1_input" 1000000
		number mclk_mhz "$hwmon/freq2_input" 1000000
		power=$hwmon/power1_average
		[ -r "$power" ] || [ ! -e "$hwmon/power1_input" ] || power=$hwmon/power1_input
		decimal power_w "$power" 1000000
		decimal power_cap_w "$hwmon/power1_cap" 1000000
		number voltage_mv "$hwmon/in0_input" 1
		number fan_rpm "$hwmon/fan1_input" 1
	done
	number vram_total_bytes mem_info_vram_total 1
	number vram_used_bytes mem_info_vram_used 1
	number vram_visible_bytes mem_info_vis_vram_total 1
	number gtt_used_bytes mem_info_gtt_used 1
	number busy_pct gpu_busy_percent 1
	number mem_busy_pct mem_busy_percent 1
	number pcie_width current_link_width 1
	number pcie_max_width max_link_width 1
	number pcie_replays pcie_replay_count 1
	first current_link_speed && link_gen "$line" && [ -n "$gen" ] && out="$out,\"pcie_gen\":$gen"
	first max_link_speed && link_gen "$line" && [ -n "$gen" ] && out="$out,\"pcie_max_gen\":$gen"
	first power_dpm_force_performance_level && text perf_level "$line"
	card_metrics
	[ -z "$err" ] || out="$out,\"err\":{${err#,}}"
	cards="$cards,{\"id\":\"$id\",\"state\":\"live\"$out}"
}

# ---- nvidia-smi: it may take seconds, and hangs for ever where its driver does, so it runs beside the loop. Asked for the facts
# first, then again and again for the values. What it said last stands, and grows old, until it says something else; while it
# is out it is not asked again. What it says that is no card is the reason, in words.
smi=$(command -v nvidia-smi 2>/dev/null)
smi_limit_ms=10000 smi_patience_ms=5000
smi_pid= smi_reason= smi_driver= smi_cards= smi_values= smi_complete= smi_asked=0 smi_taken=0 smi_again=0

# smi_ask facts|values
smi_ask() {
	smi_question=$1 smi_asked=$mono
	case $1 in
	facts) fields=uuid,pci.bus_id,name,vbios_version,driver_version smi_again=$((mono + smi_limit_ms)) ;;
	values) fields=uuid,temperature.gpu,clocks.sm,clocks.mem,memory.total,memory.used,power.draw,power.limit,utilization.gpu,utilization.memory ;;
	esac
	smi_job $fields &
	smi_pid=$!
}

# smi_job FIELDS: ends when nvidia-smi has really ended, which it may not do even when it is killed; 137 when it was told to go
smi_job() {
	exec </dev/null >"$jobs/smi" 2>&1
	late=
	"$smi" --query-gpu="$1" --format=csv,noheader,nounits &
	trap 'late=137; kill -9 $!' TERM
	wait $!
	rc=$?
	[ -z "$late" ] || wait $!
	exit ${late:-$rc}
}

# smi_words FIELD...: a line that is no card; of several the first counts
smi_words() {
	[ -z "$smi_reason" ] || return 0
	smi_reason=$(IFS=,; printf '%.200s' "$*")
	while :; do
		case $smi_reason in *[\ ,]) smi_reason=${smi_reason%?} ;; *) return 0 ;; esac
	done
}

is_uuid() {
	case $1 in
	GPU-*[!0-9a-fA-F-]*) return 1 ;;
	GPU-*-*-*-*-*) [ ${#1} = 40 ] ;;
	*) return 1 ;;
	esac
}

# bus_address TEXT: " 00000000:0B:00.0" as Linux writes it, in $address
bus_address() {
	address=${1# }
	case $address in
	*[!0-9a-fA-F:.]*) return 1 ;;
	????*:??:??.?) ;;
	*) return 1 ;;
	esac
	address=$(printf '%s' "$address" | tr A-F a-f)
	while :; do
		case $address in 0????*:??:??.?) address=${address#0} ;; *) return 0 ;; esac
	done
}

# fact KEY VALUE: a text of nvidia-smi, "[N/A]" and the like left out
fact() {
	case $2 in *\[*\]*) ;; *) text "$1" "${2# }" ;; esac
}

# A card that was known keeps the values it has; where no card is told any more, those that were stay.
smi_take_facts() {
	known=$smi_values were=$smi_cards smi_cards= smi_values=
	while IFS=, read -r id bus name vbios driver || [ -n "$id" ]; do
		is_uuid "$id" && bus_address "$bus" || { smi_words "$id" "$bus" "$name" "$vbios" "$driver"; continue; }
		case $driver in *,*) driver=${driver##*,} name= vbios= ;; esac # a name with a comma in it
		smi_driver=${driver# }
		values=busy
		case $known in *" $id="*) values=${known#*" $id="} ;; esac
		smi_values="$smi_values $id=${values%% *}"
		out=
		fact name "$name"
		fact vbios "$vbios"
		smi_cards="$smi_cards,{\"id\":\"$id\",\"kind\":\"gpu\",\"bdf\":\"$address\",\"vendor_id\":\"10de\",\"driver\":\"nvidia\"$out}"
	done <"$jobs/smi"
	smi_complete=$smi_cards
	[ -n "$smi_cards" ] || smi_cards=$were smi_values=$known
}

# reading KEY VALUE: appends a number of nvidia-smi, "[N/A]" and the like left out; MiB to bytes where told
reading() {
	value=${2# }
	case $value in
	'' | *[!0-9.]* | .* | *. | *.*.*) return 0 ;;
	esac
	[ -z "$3" ] || value=$((${value%%.*} * $3))
	out="$out,\"$1\":$value"
}

# A card of which nothing is told any more was lost by its driver. One that is new has its facts asked for.
smi_take_values() {
	known=$smi_values smi_values=
	while IFS=, read -r id temp sclk mclk total used power cap busy mem_busy || [ -n "$id" ]; do
		is_uuid "$id" || { smi_words "$id" "$temp" "$sclk" "$mclk" "$total" "$used" "$power" "$cap" "$busy" "$mem_busy"; continue; }
		case $known in *" $id="*) ;; *) smi_complete= && continue ;; esac
		case $temp in *"GPU is lost"*) continue ;; esac
		# Decimals with a comma: nobody knows which number is which.
		case $mem_busy in *,*) smi_values="$smi_values $id=live" && continue ;; esac
		out=
		reading temp_edge_c "$temp"
		reading sclk_mhz "$sclk"
		reading mclk_mhz "$mclk"
		reading vram_total_bytes "$total" 1048576
		reading vram_used_bytes "$used" 1048576
		reading power_w "$power"
		reading power_cap_w "$cap"
		reading busy_pct "$busy"
		reading mem_busy_pct "$mem_busy"
		smi_values="$smi_values $id=live$out"
	done <"$jobs/smi"
	for one in $known; do
		case "$smi_values " in *" ${one%%=*}="*) ;; *) smi_values="$smi_values ${one%%=*}=lost" ;; esac
	done
}

# smi_turn: takes the answer when it has come, and asks the next question; never waits
smi_turn() {
	[ -n "$smi" ] && [ -n "$jobs" ] || return 0
	smi_late=
	if [ -n "$smi_pid" ] && kill -0 "$smi_pid" 2>/dev/null; then
		[ $((mono - smi_asked)) -ge $smi_limit_ms ] || return 0
		smi_late=yes smi_reason="no answer within $((smi_limit_ms / 1000)) s"
		kill "$smi_pid" 2>/dev/null
		return 0
	fi
	if [ -n "$smi_pid" ]; then
		wait "$smi_pid"
		rc=$?
		smi_pid=
		if [ $rc != 137 ]; then # not told to go
			smi_reason= smi_taken=$smi_asked
			smi_take_$smi_question
			[ $rc = 0 ] || smi_words "it ended with status $rc"
		fi
	fi
	if [ -z "$smi_complete" ] && [ "$mono" -ge "$smi_again" ]; then
		smi_ask facts
	elif [ -n "$smi_cards" ]; then
		smi_ask values
	fi
}

# smi_wait: for the answer, at most so long as a login may take, so that the first lines have it where all is well
smi_wait() {
	while [ -n "$smi_pid" ] && kill -0 "$smi_pid" 2>/dev/null; do
		clock
		[ $((mono - smi_asked)) -lt $smi_patience_ms ] || return 0
		sleep 0.1 2>/dev/null </dev/null || sleep 1 </dev/null
	done
}

# Values that are late are shown as such.
smi_sample() {
	age=$((mono - smi_taken))
	for one in $smi_values; do
		id=${one%%=*} one=${one#*=}
		state=${one%%,*}
		[ "$state" = lost ] || [ -z "$smi_late" ] || state=busy
		cards="$cards,{\"id\":\"$id\",\"state\":\"$state\",\"age_ms\":$age${one#"${one%%,*}"}}"
	done
}

# smi_library: its line among the libraries, appended to $libraries
smi_library() {
	[ -n "$smi" ] || return 0
	[ -n "$jobs" ] || smi_reason="nothing can be written in ${TMPDIR:-/tmp}: no place for its answers"
	out=
	text path "$smi"
	text driver "$smi_driver"
	text reason "$smi_reason"
	[ -n "$smi_cards" ] && state=live || state=off
	libraries="$libraries,{\"name\":\"nvidia-smi\",\"state\":\"$state\"$out}"
}

# process PID: what /proc tells of it, appended to $out: parent, start, name, unit
process() {
	if first "$proc/$1/stat"; then
		name=${line#*\(}
		name=${name%\)*}
		set -- "$1" ${line##*\) }
		is_number "$3" && out="$out,\"ppid\":$3"
		is_number "${21}" && out="$out,\"start_ms\":$((wall0 + ${21} * 1000 / hz))"
		text name "$name"
	fi
	if first "$proc/$1/cgroup"; then
		unit=${line##*/}
		case $unit in *.service | *.scope) text unit "$unit" ;; esac
	fi
}

# The compute driver's processes and what each holds on which card, in $procs; nothing where that driver is not up.
processes() {
	procs=
	[ -d "$sys/class/kfd/kfd/proc" ] || return 0
	for one in "$sys"/class/kfd/kfd/proc/[1-9]*; do
		uses=
		for file in "$one"/vram_*; do
			first "$file" && is_number "$line" && [ "$line" -gt 0 ] || continue
			case $nodes in *" ${file##*/vram_}="*) ;; *) continue ;; esac
			use=${nodes#*" ${file##*/vram_}="}
			uses="$uses,\"${use%% *}\":{\"vram_bytes\":$line}"
		done
		[ -n "$uses" ] && is_number "${one##*/}" || continue
		out=
		process "${one##*/}"
		procs="$procs,{\"pid\":${one##*/}$out,\"gpus\":{${uses#,}}}"
	done
	procs=",\"procs\":[${procs#,}]"
}

# Network file systems. Asking a dead server hangs for ever, and cannot be ended: each is asked by a job of its own, which
# leaves its answer in $jobs; one that is still out is not asked again, and its last answer grows old.
mount_job() {
	df -P -k "$1" >"$2.out" && mv "$2.out" "$2.done"
}

# space FILE: total and free KiB out of df's words: whatever the source is called, a percentage follows them
space() {
	total= free=
	while read -r words; do
		set -- $words
		while [ $# -ge 4 ]; do
			case $4 in
			*%) is_number "$1" && is_number "$3" && total=$1 free=$3 && break ;;
			esac
			shift
		done
	done <"$1"
	[ -n "$total" ]
}

# slot TARGET: the beginning of the file names for a mount, in $slot
slot() {
	n=0
	while first "$jobs/$n.target" && [ "$line" != "$1" ]; do n=$((n + 1)); done
	slot=$jobs/$n
	[ -e "$slot.target" ] || { printf '%s\n' "$1" >"$slot.target"; echo $mono >"$slot.asked"; }
}

# mount_row SOURCE TARGET FSTYPE
mount_row() {
	slot "$2"
	if [ -e "$slot.done" ]; then
		space "$slot.done" && { cat "$slot.asked"; echo $total; echo $free; } >"$slot.size"
		rm -f "$slot.done" "$slot.out"
		mounts_out=${mounts_out%" $slot "*}${mounts_out#*" $slot "}
	fi
	out=
	text source "$(printf '%b' "$1")"
	text target "$(printf '%b' "$2")"
	text fstype "$3"
	since= total= free=
	[ ! -r "$slot.size" ] || { read -r since && read -r total && read -r free; } <"$slot.size"
	[ -n "$since" ] || first "$slot.asked" && since=${since:-$line}
	out="$out,\"age_ms\":$((mono - since))"
	[ -z "$free" ] || out="$out,\"total_bytes\":$((total * 1024)),\"free_bytes\":$((free * 1024))"
	mounts="$mounts,{${out#,}}"
	case $mounts_out in
	*" $slot "*) return 0 ;;
	esac
	mounts_out="$mounts_out $slot "
	echo $mono >"$slot.asked"
	# by exec: a redirected function keeps what it will restore, and a session does not end while a job has its stdout
	(exec </dev/null >/dev/null 2>&1; mount_job "$(printf '%b' "$2")" "$slot") &
}

mounts_out=
mounts() {
	mounts=
	[ -n "$jobs" ] && [ -r "$proc/mounts" ] || return 0
	while read -r source target fstype rest; do
		case $fstype in
		nfs | nfs4 | cifs | smb3 | smbfs | 9p | ceph | afs | glusterfs | lustre | beegfs | ncpfs | virtiofs | fuse.sshfs | fuse.rclone | fuse.s3fs | fuse.glusterfs | fuse.ceph)
			mount_row "$source" "$target" "$fstype"
			;;
		esac
	done <"$proc/mounts"
	mounts=",\"mounts\":[${mounts#,}]"
}

# since boot in ms, in $mono
clock() {
	first "$proc/uptime" || line=0.00
	line=${line%% *}
	whole=${line%.*} part=${line#*.}
	mono=$((whole * 1000 + ${part#0} * 10))
}

hello() {
	cards= nodes= libraries=
	each_card card_hello
	cards=$cards$smi_cards
	smi_library
	told="$smi_cards $smi_reason"
	out=
	text hostname "$(uname -n)"
	text kernel "$(uname -r)"
	if [ -r /etc/os-release ]; then
		text os "$(. /etc/os-release && printf '%s' "$PRETTY_NAME")"
	fi
	first "$sys/class/dmi/id/product_uuid" && text uuid "$line"
	first "$proc/cmdline" && text cmdline "$line"
	list=
	for net in "$sys"/class/net/*; do
		[ "${net##*/}" != lo ] && first "$net/address" && case $line in *[!0-9a-f:]* | '') ;; *) list="$list,\"$line\"" ;; esac
	done
	out="$out,\"macs\":[${list#,}]"
	list=
	for address in $(hostname -I 2>/dev/null); do
		case $address in *[!0-9a-fA-F.:]*) ;; *) list="$list,\"$address\"" ;; esac
	done
	out="$out,\"addresses\":[${list#,}],\"root\":$([ "$(id -u)" = 0 ] && echo true || echo false)"
	while read -r key value unit; do
		[ "$key" != MemTotal: ] || { is_number "$value" && out="$out,\"mem_bytes\":$((value * 1024))"; break; }
	done <"$proc/meminfo"
	n=$(getconf _NPROCESSORS_ONLN 2>/dev/null) && is_number "$n" && out="$out,\"ncpu\":$n"
	out="$out,\"boot_ms\":$((wall0))"
	printf '{"labtop-agent":1,"version":"shell","interval_ms":%d,"pid":%d,"guest":{%s},"libraries":[%s],"gpus":[%s]}\n' \
		$((seconds * 1000)) $$ "${out#,}" "${libraries#,}" "${cards#,}"
}

od=$(command -v od 2>/dev/null)
hz=$(getconf CLK_TCK 2>/dev/null)
is_number "$hz" && [ "$hz" -gt 0 ] || hz=100
# A place that is nobody else's: mkdir fails on what is there already.
jobs=${TMPDIR:-/tmp}/labtop-probe.$$
(umask 077 && mkdir "$jobs") 2>/dev/null || jobs=
# Renamed first: a df that is still out must not put a file there while it is being emptied.
trap '[ -z "$smi_pid" ] || kill "$smi_pid" 2>/dev/null
[ -z "$jobs" ] || { mv "$jobs" "$jobs.gone" && rm -rf "$jobs.gone"; } 2>/dev/null' EXIT
trap 'exit 0' HUP INT TERM PIPE

clock
wall0=$(($(date +%s) * 1000 - mono))
smi_turn
smi_wait
smi_turn
hello
smi_wait
seq=0
mounts_ms=0
while :; do
	clock
	smi_turn
	[ "$told" = "$smi_cards $smi_reason" ] || hello
	cards=
	each_card card_sample
	clock
	smi_sample
	processes
	mounts=
	# a second after the first question, then every ten
	if [ "$mono" -ge "$mounts_ms" ]; then
		mounts
		[ $seq = 0 ] && mounts_ms=$((mono + 900)) || mounts_ms=$((mono + 10000))
	fi
	printf '{"seq":%d,"mono_ms":%d,"wall_ms":%d,"gpus":[%s]%s%s}\n' $seq "$mono" $((wall0 + mono)) "${cards#,}" "$procs" "$mounts" || exit 0
	seq=$((seq + 1))
	sleep $seconds </dev/null
done
