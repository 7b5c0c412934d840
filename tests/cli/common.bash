# common.bash - what the bats files share: load common
# shellcheck shell=bash

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

# start_listen [ARG]...: a kq-listen of its own on a free port of the loopback.  Returns when it
# accepts; sets $port and $server (its process id).  stop_listen ends the latest one, and teardown
# all of them.  Its output is in $BATS_TEST_TMPDIR/listen.out and .err.
start_listen() {
    local ready=$BATS_TEST_TMPDIR/ready
    rm -f "$ready"
    mkfifo "$ready"
    # Descriptor 3 is how bats waits for a test to end: no server may keep it.
    kq-listen --ready-fd 9 "$@" >>"$BATS_TEST_TMPDIR/listen.out" 2>>"$BATS_TEST_TMPDIR/listen.err" \
        9>"$ready" 3>&- </dev/null &
    server=$!
    servers+=("$server")
    # Ends also when the server dies before it is ready, because that closes the pipe.
    # shellcheck disable=SC2034
    if ! read -r port <"$ready"; then
        echo "kq-listen did not start:" >&2
        cat "$BATS_TEST_TMPDIR/listen.err" >&2
        return 1
    fi
}

# stop_listen [SIGNAL]: ask the latest server to end; returns its exit status.
stop_listen() {
    kill -s "${1:-TERM}" "$server" 2>/dev/null
    wait "$server"
}

# start_stub STEP...: a server that goes through these steps (tests/cli/stub.c) and sets $port.  What
# it read is in stub.out; stop_stub waits for its end and returns its exit status.
start_stub() {
    local ready=$BATS_TEST_TMPDIR/ready
    rm -f "$ready"
    mkfifo "$ready"
    stub 9 "$@" >"$BATS_TEST_TMPDIR/stub.out" 2>"$BATS_TEST_TMPDIR/stub.err" 9>"$ready" 3>&- </dev/null &
    stub=$!
    servers+=("$stub")
    # shellcheck disable=SC2034
    read -r port <"$ready"
}
stop_stub() {
    wait "$stub"
}

# async, sync and response HEX: a little-endian frame around the bytes of an object
frame() { # KIND HEX
    local n=$((8 + ${#2} / 2))
    printf '01%s0000%02x%02x%02x%02x%s' "$1" $((n & 255)) $((n >> 8 & 255)) $((n >> 16 & 255)) $((n >> 24)) "$2"
}
async() { frame 00 "$1"; }
sync() { frame 01 "$1"; }
response() { frame 02 "$1"; }

# A file that defines its own teardown calls this in it.
stop_servers() {
    local pid
    for pid in "${servers[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid"
    done
    servers=()
    return 0
}

setup() {
    servers=()
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
    stop_servers
}
