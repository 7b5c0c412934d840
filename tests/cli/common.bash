# common.bash - what the bats files share: load common
# shellcheck shell=bash

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
