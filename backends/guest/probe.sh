# probe.sh - what labtop reads a guest with where labtop-agent is not installed: a plain POSIX shell that prints the agent
# stream (design.md, Formats) with what /sys and nvidia-smi tell. Fed to "sh -s INTERVAL_MS [SYSFS-ROOT [PROC-ROOT]]" on
# stdin. The loop forks for nothing but sleep, and nvidia-smi where there is one.
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

# number KEY FILE UNIT: whole units.   decimal KEY FILE UNIT: with one decimal
number() {
	first "$2" && is_number "$line" && out="$out,\"$1\":$((line / $3))"
}
decimal() {
	first "$2" && is_number "$line" && tenth "$line" "$3" && out="$out,\"$1\":$tenth"
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

card_id() {
	id=$bdf
	first unique_id && case $line in '' | *[!0-9a-fA-F]*) ;; *) id=$line ;; esac
}

card_hello() {
	card_id
	out=
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
	cards="$cards,{\"id\":\"$id\",\"kind\":\"gpu\",\"bdf\":\"$bdf\",\"driver\":\"amdgpu\"$out,\"limits\":{${limits#,}}}"
}

# link_gen SPEED: "16.0 GT/s PCIe" to a generation in $gen
link_gen() {
	gen=
	case $1 in
	2.5*) gen=1 ;; 5*) gen=2 ;; 8*) gen=3 ;; 16*) gen=4 ;; 32*) gen=5 ;; 64*) gen=6 ;;
	esac
}

card_sample() {
	card_id
	out=
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
		decimal power_w "$hwmon/power1_average" 1000000 || decimal power_w "$hwmon/power1_input" 1000000
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
	cards="$cards,{\"id\":\"$id\",\"state\":\"live\"$out}"
}

# nvidia FIELDS: one line a card from nvidia-smi; nothing where there is none
smi=$(command -v nvidia-smi 2>/dev/null)
nvidia() {
	[ -n "$smi" ] && "$smi" --query-gpu="$1" --format=csv,noheader,nounits 2>/dev/null </dev/null
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

nvidia_hello() {
	nvidia uuid,pci.bus_id,name,vbios_version,driver_version | while IFS=, read -r id bus name vbios driver; do
		bus=$(printf '%s' "${bus# }" | tr A-F a-f)
		out=
		text name "${name# }"
		text vbios "${vbios# }"
		text id "$id"
		printf '%s' ",{\"kind\":\"gpu\",\"bdf\":\"${bus#0000}\",\"vendor_id\":\"10de\",\"driver\":\"nvidia\"$out}"
	done
}

nvidia_sample() {
	nvidia uuid,temperature.gpu,clocks.sm,clocks.mem,memory.total,memory.used,power.draw,power.limit,utilization.gpu,utilization.memory |
		while IFS=, read -r id temp sclk mclk total used power cap busy mem_busy; do
			out=
			text id "$id"
			reading temp_edge_c "$temp"
			reading sclk_mhz "$sclk"
			reading mclk_mhz "$mclk"
			reading vram_total_bytes "$total" 1048576
			reading vram_used_bytes "$used" 1048576
			reading power_w "$power"
			reading power_cap_w "$cap"
			reading busy_pct "$busy"
			reading mem_busy_pct "$mem_busy"
			printf '%s' ",{\"state\":\"live\"$out}"
		done
}

# since boot in ms, in $mono
clock() {
	first "$proc/uptime" || line=0.00
	line=${line%% *}
	whole=${line%.*} part=${line#*.}
	mono=$((whole * 1000 + ${part#0} * 10))
}

hello() {
	cards=
	each_card card_hello
	[ -z "$smi" ] || cards=$cards$(nvidia_hello)
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
	printf '{"labtop-agent":1,"version":"shell","interval_ms":%d,"pid":%d,"guest":{%s},"libraries":[],"gpus":[%s]}\n' \
		$((seconds * 1000)) $$ "${out#,}" "${cards#,}"
}

clock
wall0=$(($(date +%s) * 1000 - mono))
hello
seq=0
while :; do
	cards=
	each_card card_sample
	[ -z "$smi" ] || cards=$cards$(nvidia_sample)
	clock
	printf '{"seq":%d,"mono_ms":%d,"wall_ms":%d,"gpus":[%s]}\n' $seq "$mono" $((wall0 + mono)) "${cards#,}" || exit 0
	seq=$((seq + 1))
	sleep $seconds </dev/null
done
