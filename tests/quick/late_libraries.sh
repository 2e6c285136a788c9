#!/bin/bash
# late_libraries.sh - libcurl and libxml2 are not linked: what needs no network starts without them, and a source that needs
# them says what is wrong with them.
. "${srcdir:-.}/tests/tap.sh"

unlike "$(LD_TRACE_LOADED_OBJECTS=1 "$labtop")" 'libcurl|libxml2' "nothing of the network is loaded at start"

# The dynamic linker looks here first and finds something that is no library.
mkdir "$work/broken"
for name in $(sed -n 's/^#define LIB[A-Z]*_SONAME "\(.*\)"/\1/p' config.h); do
	echo "no library" >"$work/broken/$name"
done
export LD_LIBRARY_PATH=$work/broken

like "$("$labtop" --version)" '^labtop ' "--version asks for none of them"
like "$("$labtop" snapshot --demo --size 80x24)" 'DEMO' "nor does the demo"

cat >"$work/labtop.conf" <<'EOF'
[engine one]
url = http://127.0.0.1:1
kind = ollama
EOF
chmod 600 "$work/labtop.conf"
out=$("$labtop" status --config "$work/labtop.conf" --wait 10 2>&1)
like "$out" 'libcurl[^ ]* cannot be loaded: .*(too short|invalid ELF)' "an engine's reason is the dynamic linker's"
done_testing
