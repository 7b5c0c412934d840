#!/usr/bin/env bats
# The pipelines that users are promised: captures, recordings and logs from the shell.

# Names of q have backticks; start_listen sets port.
# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0
load common
load packets

# Let so many milliseconds pass in the capture.
pause() {
    now=$((now + $1 * 1000))
}

# query TEXT: the hex of a sync message with this query
query() {
    local hex
    hex=$(printf '%s' "$1" | xxd -p -c 0)
    sync "0a00$(printf '%02x000000' ${#1})$hex"
}

# A day on which `wait 1` and `wait 2` took a quarter of a second each, and another query failed.
slow_day() {
    local q n=1007 m=2002
    capture_start
    open_connection
    for q in 'wait 1' 'count t' 'wait 2' 'nosuch'; do
        packet c $n $m A "$(query "$q")"
        n=$((n + 14 + ${#q}))
        [[ $q != wait* ]] || pause 250
        if [ "$q" = nosuch ]; then
            packet s $m $n A "$failure"
            m=$((m + 14))
        else
            packet s $m $n A "$answer"
            m=$((m + 13))
        fi
    done
}

@test "decode a live capture: tcpdump | kq-dump | jq" {
    # tcpdump is played by a file that is still open.
    command -v jq >/dev/null || skip "there is no jq"
    slow_day >cap
    mkfifo pipe out
    kq-dump -j --line-buffered >out <pipe 3>&- &
    exec 6<out 5>pipe
    cat cap >&5
    # The last answer is there before the capture ends.
    while read -r -u 6 line && [[ $line != *nosuch*'"error":"type"'* ]]; do
        echo "$line"
    done >lines
    exec 5>&-
    wait $!
    run jq -c 'select(.latency_us>1e5)|[.query,.latency_us]' lines
    assert_output $'["wait 1",251000]\n["wait 2",251000]'
}

@test "a report of slow queries from a ring of captures" {
    slow_day >tp-1.pcap
    slow_day | gzip >tp-2.pcap.gz
    gzip tp-1.pcap
    run --separate-stderr kq-dump -s --by=query --slow=200ms ./tp-*.pcap.gz
    assert_success
    assert_equal "$(grep -c ' wait [12] -> 4i$' <<<"$output")" 4
    assert_equal "${#lines[@]}" 4
    [[ $stderr == *' 4 '*' 251.0ms '*' wait ?'* ]]
    [[ $stderr != *'count t'* ]]
}

@test "who sent what failed" {
    slow_day >cap.pcapng
    run kq-dump --errors -F csv --fields time,src,user,query,value cap.pcapng
    assert_success
    assert_output - <<'END'
time,src,user,query,value
2024-01-02T03:04:05.512000000Z,10.0.0.2:5010,u,nosuch,'type
END
}

@test "bytes pasted from a q console" {
    run kq-dump -I hex --tree <<<0x0100000011000000f92a00000000000000
    assert_success
    assert_line --regexp '^00000008 +f9 +\. +x +-7h +long$'
    assert_line --regexp '^00000009 +2a 00 00 00 00 00 00 00 .* 42 *'
}

@test "payloads that tshark has decrypted" {
    # A line for each segment: login, its answer, a query in two segments, a response.
    printf '%s\n' 753a70770300 03 "${ask:0:16}" "${ask:16}" "$answer" >payloads
    run bash -c "kq-dump -I hex <payloads"
    assert_success
    assert_output - <<'END'
0 handshake      6 u:* capability 3
1 accept         1 capability 3
2 sync          17 2+2
3 response      13 2+2 -> 4i
END
}

@test "what exactly does my client send" {
    kq-listen -1 -w t.wire --port-file p --log none 3>&- &
    run kq-send --wait=20s ":$(until [ -s p ]; do :; done; cat p)" 'til 3'
    assert_success
    wait $!
    run kq-dump --tree t.wire
    assert_success
    assert_line --regexp '^sync 2, 19 bytes'
    assert_line --regexp '"til 3" *$'
    assert_line --regexp ' 2 +$|  2$'
}

record() { # TABLE BYTE: (`upd;TABLE;(`ibm;BYTE))
    printf '000003000000f575706400f5%s0000 02000000 f569626d00 f9%s00000000000000' "$(printf '%s' "$1" | xxd -p)00" "$2"
}

@test "recover a damaged tickerplant log, trades only, and load it" {
    {
        printf ff01000000000000
        record trade 01
        record quote 02
        printf deadbeef
        record trade 03
        printf 0000030000
    } | xxd -r -p >sym2024.01.02
    start_listen --log none
    kq-send ":$port" 'trade:([]sym:`symbol$();size:`long$());upd:{[t;x]t insert x}'
    run kq-dump --check sym2024.01.02
    assert_failure 7
    run bash -c "kq-dump --repair good.log sym2024.01.02 && kq-dump --table trade -F tplog good.log | kq-pipe -I tplog ':$port'"
    assert_success
    run kq-send -F csv ":$port" trade
    assert_output $'sym,size\nibm,1\nibm,3'
}

@test "a capture is replayed by kq-send and kq-pipe" {
    {
        capture_start
        open_connection
        packet c 1007 2002 A "$(query 'a:20')"
        packet s 2002 1025 A 010200000a0000006500
        packet c 1025 2012 A "$(async 0a0005000000613a612b31)"
        packet c 1044 2012 A "$(query a)"
        packet s 2012 1059 A "$answer"
    } >cap
    start_listen --log none
    run bash -c "kq-dump --kind sync -F ipc cap | kq-send -I ipc -F q ':$port'"
    assert_success
    assert_output $'::\n20'
    run bash -c "kq-dump --kind async -F ipc cap | kq-pipe -q -I ipc ':$port'"
    assert_success
    run kq-send -F q ":$port" a
    assert_output 21
}
