#!/bin/bash
# Shows the main job of each tool against a server of its own: demo.sh BUILD
set -u
build=$(realpath "$1")
for tool in kq-send kq-listen kq-dump kq-pipe; do
    [ -x "$build/$tool" ] || { echo "demo: $tool is not built"; exit 1; }
done
export PATH=$build:$PATH
dir=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
    rm -rf "$dir"
}
trap cleanup EXIT
cd "$dir" || exit 1

say() { printf '\n# %s\n' "$*"; }

# Show a command as it would be typed, then run it.
try() {
    printf '$ %s\n' "$1"
    eval "$1" || { echo "demo: exit status $?"; exit 1; }
}

say 'kq-listen: a kdb+ server to test against, here on a free port'
mkfifo ready
printf '$ kq-listen --ready-fd 9 9>ready &\n'
kq-listen --log none --ready-fd 9 9>ready &
server=$!
read -r port <ready || { echo "demo: kq-listen did not start"; exit 1; }

say 'kq-send: one question, one answer'
try "kq-send :$port '2+2'"
try "kq-send :$port 'trade:([]time:\`time\$();sym:\`symbol\$();price:\`float\$();size:\`long\$())'"

say 'kq-pipe: rows of a fifo into a table'
try 'mkfifo feed'
try "printf '%s\n' time,sym,price,size 09:30:00.000,ibm,183.5,100 09:30:00.120,msft,402.25,50 09:30:01.007,ibm,183.75,300 >feed &"
try "kq-pipe -t trade -Y TSFJ -H :$port feed"
try "kq-send -w session.wire :$port 'select n:count i,last price,sum size by sym from trade'"
try "kq-send -F csv :$port trade"
try "kq-send -j :$port 'select from trade where sym=\`ibm'"

say 'kq-dump: what went over the wire'
try 'kq-dump session.wire'
try 'kq-dump -I hex --tree <<< 0x0100000011000000f92a00000000000000'
