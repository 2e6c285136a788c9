#!/bin/bash
# manual.sh - what the build makes of the tables: manual pages without a warning.
. "${srcdir:-.}/tests/tap.sh" || exit 99

for page in labtop.1 labtop.conf.5 labtop-themes.5; do
	"$labtop" --generate $page >"$work/$page"
	is "$?" 0 "$page is made"
	if command -v man >/dev/null 2>&1; then
		is "$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l "$work/$page" 2>&1 >/dev/null)" "" "$page has no fault that man finds"
	else
		skip "$page has no fault" "no man: apt-get install man-db"
	fi
done
for key in password-command thumbprint ssh-config key-env; do
	like "$(cat "$work/labtop.conf.5")" "${key//-/\\\\-}" "labtop.conf(5) knows $key"
done
# each command of the tables is there with its keys, and how keys are spelled
like "$(cat "$work/labtop.1")" $'\n\\\\fBQ, ctrl\\\\-c\\\\fR\nLeave labtop, from any page\\. \\(leave\\)\n' "labtop(1) has the keys of all views"
like "$(cat "$work/labtop.1")" $'\n\\.SS In gpu\n(.*\n)*\\\\fBn, j, down\\\\fR\nThe next GPU\\. \\(next\\\\-gpu\\)\n' "and those of each view"
like "$(cat "$work/labtop.1")" $'\n\\\\fB:pause\\\\fR\n' "and what is called by its name"
for word in pgdn shift-tab comma; do
	like "$(cat "$work/labtop.conf.5")" "[ ,]${word//-/\\\\-}[,.]" "labtop.conf(5) knows the key $word"
done
# its example of [keys] holds
sed -n '/^\[keys\]/,/^\.RE/p' "$work/labtop.conf.5" | sed '/^\./d; s/\\-/-/g' >"$work/keys.conf"
is "$("$labtop" status --demo --config "$work/keys.conf" 2>&1 >/dev/null)" "" "labtop.conf(5) has an example of [keys] that holds"
is "$("$labtop" snapshot --demo --view vms --keys '/llm<enter><down><enter>' | head -1 | grep -c 'vm › ')" 1 "labtop(1) has an example of --keys that leads somewhere"
# the example, taken from the page, is a theme without a complaint
sed -n '/^\[theme\]/,/^\.RE/p' "$work/labtop-themes.5" | sed '/^\./d; s/\\-/-/g; s/\\//g' >"$work/dusk.theme"
like "$("$labtop" snapshot --demo --theme "$work/dusk.theme" --ansi 2>&1 | head -n 1)" 'attic' \
	"labtop-themes(5) has an example that is a theme"
unlike "$(cat "$work/labtop.conf.5")" '\(null\)' "labtop.conf(5) knows what each key takes"
like "$(cat "$work/labtop.conf.5")" 'thumbprint = PRINT' "and so of a thumbprint"
like "$(cat "$work/labtop-themes.5")" 'bar\\-low' "labtop-themes(5) knows the roles"
like "$(cat "$work/labtop-themes.5")" $'\n[^ \n]*/labtop/themes\n' "labtop-themes(5) says where they lie, on a line that man need not fill"

done_testing
