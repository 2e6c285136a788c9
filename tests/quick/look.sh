#!/bin/bash
# look.sh - how the screen begins: themes, glyphs, read-only and its lock, lines instead of a screen; by option, by
# configuration, by the environment. An option goes before the configuration.
. "${srcdir:-.}/tests/tap.sh" || exit 99

conf=$work/labtop.conf
# wherever this is built: the shipped themes as a person's own
export XDG_CONFIG_HOME=$work/config
mkdir -p "$XDG_CONFIG_HOME/labtop/themes"
cp "$top_srcdir"/themes/*.theme "$XDG_CONFIG_HOME/labtop/themes/"
# with LINES-OF-[lab] WORDS…: a snapshot's frame in $frame, stderr in $work/err, exit status in $status
with() {
	printf '[lab]\n%b\n' "$1" >"$conf"
	status=0
	frame=$("$labtop" snapshot --demo --config "$conf" "${@:2}" 2>"$work/err") || status=$?
}

with ''
like "$(head -1 <<<"$frame")" 'READ-ONLY' "a start is read-only"
with '' --keys '!'
like "$(head -1 <<<"$frame")" ' WRITE ' "! leaves it"
with '' --write
like "$(head -1 <<<"$frame")" ' WRITE ' "--write begins so"
with 'read-only = no'
like "$(head -1 <<<"$frame")" ' WRITE ' "read-only = no, too"
with 'read-only = locked' --write --keys '!'
like "$(head -1 <<<"$frame")" 'READ-ONLY' "read-only = locked: neither --write nor ! lifts it"
like "$frame" 'locked by the configuration' "and it is said"

with 'glyphs = ascii'
unlike "$frame" '[^ -~
]' "glyphs = ascii"
with '' --ascii
unlike "$frame" '[^ -~
]' "--ascii"
frame=$(LC_ALL=C "$labtop" snapshot --demo)
unlike "$frame" '[^ -~
]' "a locale without UTF-8 gets ASCII"
frame=$(LC_ALL=xx_XX.UTF-8 "$labtop" snapshot --demo)
like "$frame" '›' "a UTF-8 locale that is not installed is UTF-8 all the same"
frame=$(LC_ALL=xx_XX "$labtop" snapshot --demo)
unlike "$frame" '[^ -~
]' "and another one is not"
frame=$(TERM=linux "$labtop" snapshot --demo)
unlike "$frame" '[⠉⣀⠛⠒]' "Linux' own console has no braille: blocks"
like "$frame" '█' "but those"
with 'glyphs = unicode' --view gpus --keys '<enter>'
like "$frame" '[⠉⣀⠛⠒]' "glyphs = unicode draws plots with braille"
with 'glyphs = block' --view gpus --keys '<enter>'
unlike "$frame" '[⠉⣀⠛⠒]' "glyphs = block has no braille"

# keys by configuration, in the hints as well
with '\n[keys]\nhelp = F' --keys F
like "$frame" 'type to find one' "[keys] gives a command another key"
with '\n[keys]\nhelp = F'
like "$(tail -1 <<<"$frame")" 'F help' "which the hints tell"
with '\n[keys]\nno-such = F'
like "$(cat "$work/err")" 'no-such' "a command that is none is told"

with '\n[keys]\nquit = space\nwhy = :\nrefresh = u' --keys ':ref'
like "$(cat "$work/err")" 'labtop\.conf:4: \[keys\] quit = space: space moves, marks or chooses a view; left out' "what would lock a person in is refused"
like "$(cat "$work/err")" 'labtop\.conf:5: \[keys\] why = :: : is the key of command; left out' "and what can never work"
like "$frame" '▸ u +refresh' "the rest holds"
"$labtop" status --demo --config "$conf" 2>"$work/err" >/dev/null
like "$(cat "$work/err")" '\[keys\] quit = space: ' "status says it"

with '' --theme no-such
is "$status" 2 "a theme that there is not: 2, without colours too"
like "$(cat "$work/err")" 'no such theme; there are:' "and those that there are"

# each theme is another picture, and the option goes before the configuration
with 'theme = light' --ansi
light=$frame
with 'theme = light' --ansi --theme default
if [ "$frame" = "$light" ]; then not_ok "--theme goes before theme ="; else ok "--theme goes before theme ="; fi
is "$frame" "$("$labtop" snapshot --demo --ansi)" "and default is the default"
with '' --ansi --theme light
is "$frame" "$light" "--theme light is theme = light"
is "$(COLORFGBG='0;15' "$labtop" snapshot --demo --ansi)" "$light" "COLORFGBG tells a light terminal"
is "$(COLORFGBG='15;0' "$labtop" snapshot --demo --ansi)" "$("$labtop" snapshot --demo --ansi)" "or a dark one"
is "$(COLORFGBG='0;default;7' "$labtop" snapshot --demo --ansi)" "$light" "and rxvt's three fields"
is "$(COLORFGBG='0;15' "$labtop" snapshot --demo --ansi --theme default)" "$("$labtop" snapshot --demo --ansi)" "--theme goes before it"
with '' --ansi --theme mono
unlike "$frame" $'\e\\[[0-9;]*[34]8;' "mono has no colours"
like "$frame" $'\e\\[[0-9;]*[17]' "but bold and reverse"
with '' --ansi --theme no-such
is "$status" 2 "--theme no-such: 2"
like "$(cat "$work/err")" '^labtop: .*no-such' "and it is said"
is "$(NO_COLOR='' "$labtop" snapshot --demo --ansi)" "$("$labtop" snapshot --demo --ansi)" "an empty NO_COLOR means nothing"

# a theme from a pipe, and what is no theme: wrong words, and nothing about services
theme() { timeout 60 "$labtop" snapshot --demo --ansi --theme "$1" 2>"$work/err" | md5sum; echo "${PIPESTATUS[0]}"; }
is "$(theme <(sleep 0.1; cat "$top_srcdir/themes/nord.theme"))" "$(theme "$top_srcdir/themes/nord.theme")" "a theme may come from a pipe"
head -c 70000 /dev/zero | tr '\0' '#' >"$work/big.theme"
mkfifo "$work/silent.theme"
printf 'role\0' >"$work/bytes.theme"
for no in "big.theme longer than 64 KiB" "silent.theme nobody wrote it to its end" "bytes.theme not a text" "none.theme No such file"; do
	like "$(theme "$work/${no%% *}" | tail -1)" '^2$' "${no%% *}: 2"
	like "$(cat "$work/err")" "^labtop: theme [^;]*${no#* }[^;]*; see labtop --help[^;]*\$" "${no%% *}: said in one line"
done
is "$(theme /dev/zero | tail -1)" 2 "one without end: 2"

# lines in place of a screen
lines=$("$labtop" --demo --plain)
is "$("$labtop" --demo </dev/null)" "$lines" "without a terminal the console prints the lab as lines"
if command -v tmux >/dev/null 2>&1; then
	# shown NAME WORDS…: the console in a terminal, until it ends
	shown() {
		screen_open "$1" 120 40 env "${@:2}" bash -c '"$0" --demo; echo "left with $?"; read -r' "$labtop"
	}
	shown lines ACCESSIBLE=1
	screen_wait lines 'left with 0' && ok "ACCESSIBLE gets lines in a terminal, too" || not_ok "ACCESSIBLE"
	like "$(screen_text lines)" 'esx01 +MI50 +83:00\.0 +llm-1' "those of --plain"
	shown screen ACCESSIBLE=
	screen_wait screen 'attic › overview' && ok "an empty ACCESSIBLE gets the screen" || not_ok "an empty ACCESSIBLE"
	screen_keys screen q
	screen_wait screen 'left with 0' || not_ok "it leaves"
	shown unknown TERM=no-such-terminal
	ok_if "a terminal that is not known: 2" screen_wait unknown 'left with 2'
	like "$(screen_text unknown)" 'TERM=no-such-terminal is not known here; set TERM' "and it is said"
	unlike "$(screen_text unknown)" 'address|service' "without a word about services"
else
	skip "ACCESSIBLE" "no tmux: apt-get install tmux"
fi

done_testing
