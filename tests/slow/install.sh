#!/bin/bash
# install.sh - what make install puts there works from a prefix it was moved to, and make uninstall leaves nothing.
. "${srcdir:-.}/tests/slow/build.sh" || exit 99
unset LABTOP_AGENT

prefix=$(sed -n 's/^prefix = //p' Makefile)
ok_if "make install" make -s install DESTDIR="$work/root"
mv "$work/root$prefix" "$work/moved"
installed=$work/moved/bin/labtop

for theme in default light mono; do
	"$installed" snapshot --demo --ansi --theme "$theme" >"$work/$theme"
	is "$?" 0 "theme $theme is found beside the moved program"
done
ok_if "and is another picture" test "$(cat "$work/light")" != "$(cat "$work/default")"
if [ -x "$work/moved/bin/labtop-agent" ]; then
	ok_if "the agent is found beside it" "$installed" agent --once
else
	ok "built without an agent"
fi
for page in man1/labtop.1 man5/labtop.conf.5 man5/labtop-themes.5; do
	ok_if "$page has text" grep -q '^\.SH DESCRIPTION' "$work/moved/share/man/$page"
done
# shellcheck source=/dev/null
for file in zsh/site-functions/_labtop fish/vendor_completions.d/labtop.fish; do
	ok_if "$file is there" test -s "$work/moved/share/$file"
done
ok_if "bash reads the completion" bash -c ". '$work/moved/share/bash-completion/completions/labtop' && complete -p labtop"

mkdir -p "$work/root$(dirname "$prefix")"
mv "$work/moved" "$work/root$prefix"
ok_if "make uninstall" make -s uninstall DESTDIR="$work/root"
is "$(find "$work/root" ! -type d)" "" "and no file is left"
done_testing
