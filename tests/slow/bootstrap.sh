#!/bin/bash
# bootstrap.sh - the first command of README.md, once more over what is built: quick, without a question, a frame at its end.
. "${srcdir:-.}/tests/tap.sh" || exit 99
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
[ "$PWD" = "$top_srcdir/build" ] || skip_all "this is not the build that ./bootstrap makes"

frame=$("$top_srcdir/bootstrap" demo </dev/null 2>"$work/err")
is "$?" 0 "./bootstrap demo without a terminal ends well"
is "$(wc -l <<<"$frame")" 24 "and prints one frame"
like "$frame" 'DEMO' "of the built-in lab"
unlike "$(cat "$work/err")" 'installing|generating' "a second run installs and generates nothing"
"$top_srcdir/bootstrap" nonsense >"$work/out" 2>"$work/err"
is "$?" 2 "another word: 2"
like "$(cat "$work/err")" '^usage: ./bootstrap \[build \| demo \| check\]' "and how it is used"
done_testing
