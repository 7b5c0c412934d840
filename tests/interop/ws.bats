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

# step JS...: what a client prints that runs this with its socket `s` and `show` when it is open
client() {
    node -e '
        const WS = require("'"$BATS_TEST_DIRNAME"'/node_modules/ws"), show = (x) => console.log(String(x));
        const s = new WS("ws://127.0.0.1:'"$port"'/");
        s.on("close", (code) => show("close " + code));
        s.on("error", (e) => show("error " + e.message));
        s.on("open", () => {'"$1"'});'
}

@test "what can be sent: strings and bytes, never a question; bad utf-8 not" {
    cat >ws.q <<'Q'
.z.ws:{neg[.z.w]{$[type[x]in 4 10h;x;-3!x]}@[value;x;{"'",x}]}
Q
    start_listen --log none ws.q
    run client '
        const ask = ["h:.z.w; \"ok\"", ".z.w \"question\"", "neg[.z.w]42; \"\"", "neg[.z.w]`sym; \"\"",
                     "neg[.z.w]enlist\"c\"$0xff; \"\"", "-8!(`a;1)", "(.z.u;.z.w in key .z.W)", "first -38!.z.w"];
        let at = 0;
        s.on("message", (m, binary) => { show(binary ? m.toString("hex") : m); ask[at] ? s.send(ask[at++]) : s.close(); });
        s.send(ask[at++]);'
    assert_line -n 0 ok
    assert_line -n 1 "'nyi"
    assert_line -n 2 "'type"
    assert_line -n 3 "'type"
    assert_line -n 4 "'utf8"
    assert_line -n 5 010000001a000000000002000000f56100f90100000000000000
    assert_line -n 6 '(`;1b)'
    assert_line -n 7 '"w"'
    assert_line -n 8 'close 1005'
}

@test "passwords, the limit of a message, and silence" {
    echo elmo:sesame >users
    echo '.z.ws:{neg[.z.w]string .z.u}' >ws.q
    start_listen --log none -U users ws.q
    run client 's.close()'
    assert_output "$(printf '%s\n' 'error Unexpected server response: 401' 'close 1006')"
    run node -e '
        const s = new (require("'"$BATS_TEST_DIRNAME"'/node_modules/ws"))("ws://elmo:sesame@127.0.0.1:'"$port"'/");
        s.on("open", () => s.send("who")); s.on("message", (m) => { console.log(String(m)); s.close(); });'
    assert_output elmo
    start_listen --log none --idle-timeout 50ms ws.q
    run client ''
    assert_output 'close 1001'
    start_listen --log none ws.q
    run client 's.send("x".repeat(65 << 20))'
    assert_output 'close 1009'
}

@test "a client that reads nothing is cut off at --max-queue" {
    echo '.z.ws:{do[300;neg[.z.w]1000000#0x00]}; .z.wc:{gone::1}' >ws.q
    start_listen --log none --max-queue 1M ws.q
    client 's._socket.pause(); s.send("go");' >out 3>&- &
    client=$!
    until [ "$(kq-send -F q ":$port" '@[value;`gone;0]' 2>/dev/null)" = 1 ]; do :; done
    kill "$client" 2>/dev/null || :
}
