#!/bin/bash
# snapshot.sh - one frame of the console as text, and the console itself in a terminal.
. "${srcdir:-.}/tests/tap.sh" || exit 99

frame=$("$labtop" snapshot --demo)
is "$?" 0 "snapshot --demo"
is "$(printf '%s\n' "$frame" | wc -l)" 24 "it has 24 rows"
like "$frame" 'attic › overview' "it is the overview"
like "$frame" 'DEMO' "and says that it is the demo"
is "$("$labtop" snapshot --demo)" "$frame" "twice the same"
like "$("$labtop" snapshot --demo --size 120x40 --view gpus)" 'attic › gpus' "--view"
is "$("$labtop" snapshot --demo --size 120x40 | wc -l)" 40 "--size"
like "$("$labtop" snapshot --demo --keys '4')" 'attic › hosts' "--keys are pressed first"
like "$("$labtop" snapshot --demo --keys ':vms<enter>')" 'attic › vms' "names of keys, too"
unlike "$("$labtop" snapshot --demo --ascii)" '[^ -~
]' "--ascii draws with ASCII only"
unlike "$frame" $'\e' "no escape sequence without --ansi"
like "$("$labtop" snapshot --demo --ansi)" $'\e\\[[0-9;]*38;2;' "--ansi has colours"
unlike "$(NO_COLOR=1 "$labtop" snapshot --demo --ansi)" '38;' "NO_COLOR has none"

# says WORDS ERE: wrong usage
says() {
	local status=0 out
	# shellcheck disable=SC2086
	out=$("$labtop" snapshot --demo $1 2>&1 >/dev/null) || status=$?
	is "$status" 2 "snapshot $1: 2"
	like "$out" "$2" "snapshot $1: says so"
}
says "--size 80" 'a size is COLSxROWS'
says "--size 0x0" 'a size is COLSxROWS'
says "--view nothing" 'nothing'
says "--keys <nokey>" 'nokey'

if command -v tmux >/dev/null 2>&1; then
	screen_open dumb 100 40 bash -c 'TERM=dumb "$0" --demo; echo "left with $?"; read -r' "$labtop"
	screen_wait dumb 'left with [05]' && ok "a dumb terminal gets lines" || not_ok "a dumb terminal gets lines"
	screen_has dumb 'passthrough enabled, not active' && ok "of the lab" || not_ok "lines of the lab"
	screen_open live 100 30 env XDG_STATE_HOME="$work/state" bash -c '"$0" --demo --at 560; echo "left with $?"; read -r' "$labtop"
	screen_wait live 'attic › overview' && ok "the console starts" || not_ok "the console starts"
	screen_wait live '● 7 live|● esx01 .*more   ' && ok "and goes on: every source is live" || not_ok "every source is live"
	screen_keys live 5
	screen_wait live 'attic › vms' && ok "keys are taken" || not_ok "keys are taken"
	screen_keys live q
	screen_wait live 'left with 0' && ok "and it leaves" || not_ok "it leaves"
	is "$(find "$work/state" -type f ! -path '*/labtop/demo/*')" "" "nothing is written outside demo/"
	screen_open frames 80 24 bash -c '"$0" --demo --frames 3 --interval 20; echo "left with $?"; read -r' "$labtop"
	screen_wait frames 'left with 0' && ok "--frames leaves by itself" || not_ok "--frames"
else
	skip "the console in a terminal" "no tmux: apt-get install tmux"
fi

done_testing
