#!/usr/bin/env bats
# kq-dump and real packets: sessions of our own tools, captured by tcpdump and by kq-dump itself.

# Names of q have backticks; start_listen sets port.
# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0
load common

# wait_listening FIFO: until the capture runs whose messages come here; skips the test when it may
# not run.  The rest of the messages goes to heard.
wait_listening() {
    local line
    exec {from}<"$1"
    while read -r -u "$from" line; do
        [[ $line != *listening\ on* ]] || return 0
        echo "$line" >>heard
    done
    grep -q -e permission -e permitted -e 'No such device' heard && skip "capturing is not permitted"
    cat heard >&2
    return 1
}

# see TEXT: read lines from descriptor $seen, into the file lines, until one has TEXT.
see() {
    local line
    while read -r -u "$seen" line; do
        echo "$line" >>lines
        [[ $line != *"$1"* ]] || return 0
    done
    echo "never seen: $1" >&2
    return 1
}

# Clients of many kinds, one after the other.
talk() {
    local to=127.0.0.1:$port
    kq-send -u ann "$to" -e 'a:til 5' -e 'select from ([]x:a;y:`p)' -e '"héllo"'
    kq-send -u bob "$to" nosuch || true
    kq-send "$to" --call '{x+y}' 1 2
    kq-send --compress always "$to" -I q "(\"count\";\"$(printf '%05000d' 0)\")"
    kq-send -a "$to" -I q '(`upd;`trade;(`ibm`msft;1.5 2.5))'
    kq-send --qcon "$to" '3+4'
    kq-send "$to" '"the end"'
}

shape=n,conn,src,dst,kind,size,zsize,user,fn,table,rows,query,value,error,reply_to

# start_tcpdump WHERE [OPTION]...: capture what goes to $port, with the file cap beside it, and
# decode it at the same time; the lines come from descriptor $seen.
start_tcpdump() {
    mkfifo said out
    # The process that is stopped at the end is tcpdump itself; the others end with their input.
    tcpdump --immediate-mode -U -B 16384 -i "$1" -w - "tcp port $port" \
        2>said > >(tee cap 3>&- | kq-dump --line-buffered "${@:2}" >out 3>&-) 3>&- &
    servers+=($!)
    wait_listening said
    exec {seen}<out
}

# start_dump ARG...: kq-dump that captures by itself; $dump is its process id, and its lines come
# from descriptor $seen.
start_dump() {
    local both
    mkfifo said out
    exec {both}<>out
    kq-dump --line-buffered "$@" >out 2>said 3>&- {both}>&- &
    dump=$!
    servers+=("$dump")
    exec {seen}<out {both}>&-
    wait_listening said
}

@test "a capture of a session and its recording show the same" {
    command -v tcpdump >/dev/null || skip "there is no tcpdump"
    start_listen --log none -w s.wire 127.0.0.1:0
    start_tcpdump lo -j
    talk >answers
    see '"value":"the end","latency_us":'
    stop_listen
    kq-dump -F csv --fields $shape s.wire >want
    # The capture may not have been written to its end yet, but it has all answers.
    kq-dump -q -c "$(($(wc -l <want) - 1))" -F csv --fields $shape cap >got
    run diff want got
    assert_success
    run cat want
    assert_line --partial ',handshake,5,,ann,'
    assert_line --partial ",response,16,,bob,nosuch,,,nosuch,'nosuch,nosuch,"
    assert_line --partial ',async,69,,,upd,trade,2,,'
    assert_line --partial ',text,'
    assert_line --partial ',sync,43,,,{x+y},,1,,'
    # A recording of the capture is one of the session.
    kq-dump -q -F none -c "$(($(wc -l <want) - 1))" -w c.wire cap
    kq-dump -F csv --fields $shape c.wire >got
    run diff want got
    assert_success
}

@test "responses are picked out while tcpdump captures on all interfaces" {
    command -v tcpdump >/dev/null || skip "there is no tcpdump"
    command -v jq >/dev/null || skip "there is no jq"
    start_listen --log none 127.0.0.1:0
    start_tcpdump any -j
    kq-send "127.0.0.1:$port" '1+1'
    kq-send "127.0.0.1:$port" '"the end"'
    see '"value":"the end","latency_us":'
    # Each packet once, also where it is seen on two interfaces.
    run jq -c 'select(.latency_us>0)|[.kind,.query,.value]' lines
    assert_success
    assert_output $'["response","1+1",2]\n["response","\\"the end\\"","the end"]'
}

@test "kq-dump captures by itself, with a filter expression" {
    start_listen --log none 127.0.0.1:0
    start_dump -i lo -c 4 --fields kind,query,value tcp port "$port"
    run kq-send "127.0.0.1:$port" '2+3'
    assert_output 5
    see response
    run cat lines
    assert_line --index 2 --regexp '^sync +2\+3 +"2\+3"$'
    assert_line --index 3 --regexp '^response +2\+3 +5$'
    # It ends by -c.
    wait "$dump"
}

@test "live captures end by a signal, and keep what they have" {
    start_listen --log none 127.0.0.1:0
    start_dump -i lo -s -w live.wire --bpf "tcp port $port"
    kq-send "127.0.0.1:$port" '2+3'
    see response
    kill -s USR1 "$dump"
    kill -s INT "$dump"
    status=0
    wait "$dump" || status=$?
    assert_equal "$status" 130
    run cat <&"$from"
    assert_line --partial '4 messages'
    run kq-dump --fields kind live.wire
    assert_output $'handshake\naccept\nsync\nresponse'
}

@test "without privileges capturing is refused with a way out" {
    local without=()
    [ "$(id -u)" != 0 ] || without=(setpriv "--bounding-set=-net_raw,-net_admin" --inh-caps=-all)
    run "${without[@]}" kq-dump -i lo
    assert_failure 3
    assert_output 'kq-dump: lo: no permission to capture: run as root or with CAP_NET_RAW, or let tcpdump do it: sudo tcpdump -U -i lo -w - | kq-dump'
    run --separate-stderr "${without[@]}" kq-dump -j -i lo
    assert_failure 3
    # shellcheck disable=SC2154
    run jq -r '.kind,.code,.target' <<<"$stderr"
    assert_output $'connect\n3\nlo'
}
