#!/usr/bin/env bats
# ws.bats - the npm package ws, the usual WebSocket client of Node.js programs, against kq-listen.

# start_listen sets it.
# shellcheck disable=SC2154,SC2016

load ../cli/common

setup_file() {
    cd "$BATS_TEST_DIRNAME" || return 1
    [ -d node_modules/ws ] || npm ci --silent --no-audit --no-fund >&2
}

serve() {
    cat >ws.q <<'Q'
opened:"no"; closed:"no"
show1:{$[10h=type x;x;string x]}
.z.ws:{neg[.z.w]$[4h=type x;x;show1 value x]}
.z.wo:{opened::"yes ",string x=.z.w}
.z.wc:{closed::"yes"}
Q
    start_listen --log none ws.q
}

steps='text: 4 false
binary: 0102ff true
large: 100000
large question: 200000
utf-8: ü€
pong: hello
pushed: one two
opened: yes 1
close: 1000'

@test "text, bytes, large messages, ping, pushed messages and closing, with deflate" {
    serve
    run node "$BATS_TEST_DIRNAME/ws.js" "$port"
    assert_success
    assert_output "extensions: permessage-deflate
protocol: none
$steps"
    until [ "$(kq-send -F raw ":$port" closed)" = yes ]; do :; done
}

@test "the same without deflate" {
    serve
    run node "$BATS_TEST_DIRNAME/ws.js" "$port" nodeflate
    assert_success
    assert_output "extensions: none
protocol: kxnodeflate
$steps"
}

@test "the end of the server is 1001" {
    serve
    node -e '
        const s = new (require("'"$BATS_TEST_DIRNAME"'/node_modules/ws"))("ws://127.0.0.1:'"$port"'/");
        s.on("open", () => console.log("open"));
        s.on("close", (code) => console.log("close " + code));' >out 3>&- &
    client=$!
    until grep -q open out; do :; done
    stop_listen
    wait "$client"
    run cat out
    assert_output "$(printf '%s\n' open 'close 1001')"
}
