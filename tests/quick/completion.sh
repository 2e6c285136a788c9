#!/bin/bash
# completion.sh - what the build makes of the tables for shells: every verb, option and word is offered, in bash, zsh and fish.
. "${srcdir:-.}/tests/tap.sh" || exit 99

# ---- bash -----------------------------------------------------------------------------------------------------------

"$labtop" --generate labtop.bash >"$work/completion"
ok_if "the completion is good bash" bash -n "$work/completion"
# complete WORDS…: what is offered for the last one
complete() {
	bash -c '. "$0"; COMP_WORDS=(labtop "$@"); COMP_CWORD=$#; _labtop; echo "${COMPREPLY[@]}"' "$work/completion" "$@"
}
offered=" $(complete '') "
for verb in $("$labtop" --help | awk '/^Commands/{on=1; next} /^$/{on=0} on && /^  [a-z]/{print $1}'); do
	like "$offered" " $verb " "bash knows $verb"
	for option in $("$labtop" "$verb" --help | grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		case " $(complete "$verb" "$option") " in
		*" $option "*) ;;
		*) not_ok "bash: $verb knows $option" ;;
		esac
	done
done
like "$(complete --demo engine '')" 'ls ps show' "bash knows a verb's words"
mkdir -p "$work/conf/labtop/themes"
touch "$work/conf/labtop/themes/mine.theme"
like "$(XDG_CONFIG_HOME=$work/conf complete --theme '')" 'default mine' "bash knows the themes"
like "$(complete --view g)" 'gpus' "bash knows the views"

# ---- fish -----------------------------------------------------------------------------------------------------------

"$labtop" --generate labtop.fish >"$work/labtop.fish"
fish_offers() { XDG_CONFIG_HOME=$work/conf fish --no-config -c "source $work/labtop.fish; complete -C '$1'" 2>&1; }
if command -v fish >/dev/null; then
	like "$(fish_offers 'labtop sta')" "^status"$'\t'"print the lab" "fish knows the verbs, with help"
	like "$(fish_offers 'labtop engine ')" $'ls\nps\nshow' "fish knows a verb's words"
	like "$(fish_offers 'labtop gpu --')" '--watch' "fish knows a verb's options"
	unlike "$(fish_offers 'labtop --')" '--watch' "and offers them to no other"
	like "$(fish_offers 'labtop --theme mi')" '^mine' "fish knows the themes"
else
	skip "fish" "no fish: apt-get install fish"
fi

# ---- zsh: it completes nothing without a terminal -------------------------------------------------------------------

"$labtop" --generate labtop.zsh >"$work/_labtop"
if command -v zsh >/dev/null && command -v tmux >/dev/null; then
	ok_if "the completion is good zsh" zsh -n "$work/_labtop"
	screen_open zsh 80 24 env XDG_CONFIG_HOME="$work/conf" PS1='ready> ' zsh -f
	screen_wait zsh 'ready>'
	screen_keys zsh -l "fpath=($work \$fpath); autoload -U compinit; compinit -u -D; echo loa''ded"
	screen_keys zsh Enter
	screen_wait zsh '^loaded'
	zsh_offers() { # WHAT TYPED ERE: after one or two tabs the screen shows it
		screen_keys zsh C-u C-l
		screen_keys zsh -l "$2"
		screen_keys zsh Tab Tab
		if screen_wait zsh "$3"; then ok "$1"; else not_ok "$1"; screen_text zsh | diag; fi
	}
	zsh_offers "zsh knows the verbs" 'labtop sta' '> labtop status'
	zsh_offers "and their help" 'labtop s' 'snapshot +-- print one frame'
	zsh_offers "zsh knows a verb's words" 'labtop engine p' '> labtop engine ps'
	zsh_offers "zsh knows a verb's options" 'labtop gpu --wat' '> labtop gpu --watch'
	zsh_offers "zsh knows the themes" 'labtop --theme mi' '> labtop --theme mine'
	screen_close zsh
else
	skip "zsh" "no zsh or no tmux: apt-get install zsh tmux"
fi
done_testing
