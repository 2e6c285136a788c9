#!/bin/bash
# form.sh - what keeps the tree in shape: includes go one way, no unsafe calls, only screen.c knows curses, the format
# is the tool's, commits have the subjects that contributing.md asks for. Each check lists its offenders.
cd "${top_srcdir:-.}" || exit 99
echo "1..9"

# none NUMBER NAME: stdin must be empty (a pipe's end runs in a shell of its own: no counter would survive)
none() {
    local found n=$1
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok $n - $2"
    else
        printf '%s\n' "$found" | head -20 | sed 's/^/# /'
        echo "not ok $n - $2"
    fi
}

# includes FOLDER PATTERN: lines of FOLDER that include what it must not know
includes() {
    grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" --include='*.[ch]' "$1" 2>/dev/null
}

screen='curses|ncurses|ncursesw/'
wire='curl/|libxml/|jansson|pci/|sqlite3'
includes lab "$screen|$wire|tui/|backends/|cli/" | none 1 "lab/ meets neither the world nor the screen"
includes backends "$screen|tui/|cli/" | none 2 "backends/ knows no screen"
{
    includes tui "$wire|backends/|cli/"
    includes tui "$screen|term\.h" | grep -v '^tui/screen\.c:'
} | none 3 "tui/ knows no backend, and screen.c alone knows curses"
includes backends/gpu 'curl/|libxml/|pci/' | none 4 "the agent needs neither curl nor XML nor libpci"

grep -rnE '\b(strcpy|strcat|sprintf|vsprintf|strncpy|strncat|gets|strtok|system|popen|atoi|atol|atof)[[:space:]]*\(' \
    --include='*.[ch]' cli lab backends tui | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*)' | none 5 "no unsafe calls"

# Replies of servers are read as they arrive, by SAX; a tree of a hundred megabytes is never made.
grep -rnE '\b(xmlRead(Memory|Doc|File|Fd|IO)|xmlParse(Memory|Doc|File|Entity)|xmlDocPtr|xmlNodePtr|xmlTextReader|xmlXPath|htmlRead)' \
    --include='*.[ch]' cli lab backends tui | none 6 "no tree of XML"

if command -v clang-format >/dev/null 2>&1; then
    case $(clang-format --version) in
    *version\ 14.*)
        find cli lab backends tui tests -name '*.[ch]' -print0 |
            xargs -0 clang-format --dry-run 2>&1 | grep -oE '^[^ ]+\.[ch]:[0-9]+' | sort -u | none 7 "formatted by .clang-format"
        ;;
    *)
        echo "ok 7 - formatted # SKIP this clang-format is not version 14: apt-get install clang-format-14"
        ;;
    esac
elif [ -n "$LABTOP_STRICT" ]; then
    echo "not ok 7 - formatted: no clang-format"
else
    echo "ok 7 - formatted # SKIP no clang-format: apt-get install clang-format"
fi

# Subjects: an area, and short enough for one line of a log. Older commits than this one have other forms.
before=4cdc97a26f92
bad_subjects() {
    local commit subject
    while read -r commit subject; do
        if [[ ! $subject =~ ^[a-z][a-z0-9_./,\ -]*:\ [^\ ] ]]; then
            echo "$commit has no area: $subject"
        elif [ ${#subject} -gt 72 ]; then
            echo "$commit has ${#subject} characters: $subject"
        fi
    done
}
if [ ! -e .git ]; then
    echo "ok 8 - commit subjects # SKIP this is not a git checkout"
elif ! why=$(git merge-base --is-ancestor "$before" HEAD 2>&1); then
    echo "ok 8 - commit subjects # SKIP no history back to $before here${why:+: ${why%%$'\n'*}}"
else
    git log --no-merges --format='%h %s' "$before"..HEAD | bad_subjects | none 8 "commit subjects have an area and at most 72 characters"
fi

# What is forgotten there is missing from the archive, where nobody looks before it is made.
for file in $(find cli lab backends tui tests -name '*.h') tests/peers/labsim/*.go; do
    grep -qF "$file" Makefile.am || echo "$file"
done | none 9 "headers and the simulator's sources are listed in Makefile.am"
