#!/bin/bash
# recorded.sh - every key, property and leaf that a backend reads stands in what was recorded, so that the hostile tests,
# which put their texts where the recordings have values, try it too. A new field wants a recording that has it.
cd "${top_srcdir:-.}" || exit 99
echo "1..3"

# none NUMBER NAME: stdin must be empty
none() {
    local found
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok $1 - $2"
    else
        printf '%s\n' "$found" | sed 's/^/# never recorded: /'
        echo "not ok $1 - $2"
    fi
}

# keys FILES: what they ask jansson for
keys() {
    grep -hoE '(json_(text|raw|texts|num|int|tri|object_get)|read_bdf|lower_texts?)\([^"]*"[A-Za-z_-]+"' "$@" |
        grep -oE '"[A-Za-z_-]+"' | sort -u
}

# missing FILES...: lines of stdin that stand in none of them
missing() {
    while read -r key; do
        cat "$@" | grep -qF -- "$key" || echo "$key"
    done
}

keys backends/guest/agent_line.c | missing tests/data/agent/full.jsonl | none 1 "agent lines"

# What our own recordings cannot have: "ftype" is where older llama-servers put model_ftype.
keys backends/engine/*.c | grep -vxF '"ftype"' | missing tests/data/engine/*/*.http | none 2 "engines"

# The tests add what the simulator of the recordings does not have: their own text counts as a recording. What only the acting
# lane reads and nobody is shown, two references and a flag, need none.
{
    grep -hoE '(LEAF|LEAF_SCALED|LEAF_ENUM)\(.*"[^"]+"' backends/vsphere/*.c | grep -oE '"[^"]+"$' |
        sed -E 's,^"(.*/)?([^/]*)"$,<\2,'
    grep -hoE '(\.path = |PROP_VALUE\()"[A-Za-z.]+"' backends/vsphere/*.c | grep -oE '"[^"]+"' |
        sed -E 's,^"(.*)"$,>\1</,'
} | sort -u | grep -vxF -e '>config.bootOptions.efiSecureBootEnabled</' -e '>environmentBrowser</' \
    -e '>configManager.pciPassthruSystem</' -e '>capability.deviceRebindWithoutRebootSupported</' |
    missing tests/data/vsphere/*.xml tests/unit/test_hostile_vsphere.c tests/unit/test_vsphere_acts.c | none 3 "vSphere"
