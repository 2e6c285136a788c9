#!/bin/bash
# trust.sh - labtop trust asks a person who has seen the certificate: nothing typed before counts, only the whole word does,
# and that a certificate's time is over is noted.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux
need openssl openssl

# A certificate of the past: "openssl req" makes none.
cat >"$work/ca.conf" <<EOT
[ca]
default_ca = own
[own]
new_certs_dir = $work
database = $work/index
serial = $work/serial
default_md = sha256
policy = any
[any]
commonName = supplied
EOT
: >"$work/index"
echo 01 >"$work/serial"
{
    openssl req -new -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout "$work/key.pem" -out "$work/csr.pem" &&
        openssl ca -batch -notext -selfsign -config "$work/ca.conf" -keyfile "$work/key.pem" -in "$work/csr.pem" \
            -out "$work/cert.pem" -startdate 20200101000000Z -enddate 20210101000000Z
} >"$work/openssl.log" 2>&1 || skip_all "openssl cannot make a certificate: $(tail -1 "$work/openssl.log")"
exec 3> >(exec python3 "$top_srcdir/tests/replay/server.py" --tls "$work/cert.pem" "$work/key.pem" >"$work/port" 2>/dev/null)
wait_for grep -q '^port ' "$work/port" || skip_all "no server"
port=$(sed -n 's/^port //p' "$work/port")

export LABTOP_STATE=$work/state
conf=$work/labtop.conf
printf '[vsphere vc]\nurl = https://root@127.0.0.1:%s/sdk\n' "$port" >"$conf"

# ask NAME: labtop trust on a terminal of its own, once the file NAME is there
ask() {
    screen_open "$1" 110 30 bash -c \
        'while [ ! -e "$2" ]; do sleep 0.05; done; "$0" trust --config "$1"; echo "left with $?"; read -r' \
        "$labtop" "$conf" "$work/$1"
}
pins() { cat "$work/state/certs" 2>/dev/null | wc -l; }

ask early
screen_keys early yes Enter
ok_if "typed before the certificate is shown" screen_wait early '^yes'
touch "$work/early"
ok_if "it is asked all the same" screen_wait early 'Type yes to pin it'
ok_if "that its time is over is noted" screen_has early '^note +expired on 2021-01-01'
is "$(pins)" 0 "and what was typed before is no answer"
screen_keys early y Enter
ok_if "y says what is missing" screen_wait early 'Nothing is pinned: it takes the whole word yes\.'
ok_if "and leaves with 1" screen_wait early 'left with 1'
is "$(pins)" 0 "y pins nothing"

touch "$work/again"
ask again
screen_wait again 'Type yes to pin it' || not_ok "trust asks"
screen_keys again "  yes " Enter
ok_if "yes pins it" screen_wait again '^Pinned'
ok_if "and leaves with 0" screen_wait again 'left with 0'
is "$(pins)" 1 "one pin"

touch "$work/end"
ask end
screen_wait end 'Type yes to pin it' || not_ok "trust asks"
screen_keys end C-d
ok_if "an end of the input pins nothing" screen_wait end 'Nothing is pinned'
ok_if "and leaves with 1" screen_wait end 'left with 1'
exec 3>&-
done_testing
