#!/bin/bash
# manual.sh - what the build makes of the tables: manual pages without a warning, a completion that knows every word.
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
like "$(cat "$work/labtop-themes.5")" 'bar\\-low' "labtop-themes(5) knows the roles"
like "$(cat "$work/labtop-themes.5")" '/\\:labtop/\\:themes' "labtop-themes(5) says where they lie, in a path that man can break"

"$labtop" --generate completion >"$work/completion"
ok_if "the completion is good bash" bash -n "$work/completion"
# complete WORDS…: what is offered for the last one
complete() {
	bash -c '. "$0"; COMP_WORDS=(labtop "$@"); COMP_CWORD=$#; _labtop; echo "${COMPREPLY[@]}"' "$work/completion" "$@"
}
offered=" $(complete '') "
for verb in $("$labtop" --help | awk '/^Commands/{on=1; next} /^$/{on=0} on && /^  [a-z]/{print $1}'); do
	like "$offered" " $verb " "completion knows $verb"
	for option in $("$labtop" "$verb" --help | grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		case " $(complete "$verb" "$option") " in
		*" $option "*) ;;
		*) not_ok "completion of $verb knows $option" ;;
		esac
	done
done
like "$(complete --demo engine '')" 'ls ps show' "completion knows a verb's words"
mkdir -p "$work/conf/labtop/themes"
touch "$work/conf/labtop/themes/mine.theme"
like "$(XDG_CONFIG_HOME=$work/conf complete --theme '')" 'default mine' "completion knows the themes"
like "$(complete --view g)" 'gpus' "completion knows the views"

done_testing
