#!/usr/bin/env bats
# listen_faults.bats - what a client sees of each fault.

# start_listen sets port and server.
# shellcheck disable=SC2154

load common
load raw

ASK=$(sync "$(text 2+2)")
FOUR=$(response f90400000000000000)

# start with this fault, and log in
fault() {
    start_listen --log text --fault "$@"
    raw_open
    raw_login
}

# saw WORD...: the log says so
saw() {
    stop_listen
    run grep -c " fault .*: $1\$" "$BATS_TEST_TMPDIR/listen.out"
    assert_output "${2:-1}"
}

@test "refuse-auth" {
    start_listen --log text --fault refuse-auth
    run kq-send ":$port" 1
    assert_failure 6
    saw refuse-auth
}

@test "no-handshake" {
    start_listen --log text --fault no-handshake
    run kq-send --connect-timeout 50ms ":$port" 1
    assert_failure 5
    assert_output --partial 'handshake timed out'
    saw no-handshake
}

@test "slow-handshake" {
    start_listen --log text --fault slow-handshake=100ms
    run kq-send --connect-timeout 20ms ":$port" 1
    assert_failure 5
    run kq-send ":$port" 1
    assert_output 1
    saw slow-handshake 2
}

@test "cap" {
    start_listen --log text --fault cap=0x2a
    raw_open
    raw_send 0600
    assert_equal "$(raw_read 1)" 2a
    raw_close
    saw cap
}

@test "rate: ten times as slow is slower" {
    start_listen --log none --fault rate=100k,conn=2
    kq-send -F none ":$port" '20000#0x00'
    start=${EPOCHREALTIME/./}
    kq-send -F none ":$port" '20000#0x00'
    [ $((${EPOCHREALTIME/./} - start)) -gt 150000 ]
}

@test "chunk: every byte is there, in pieces" {
    start_listen --log none --fault chunk=1
    run kq-send ":$port" 'til 100'
    assert_success
    assert_output "$(seq -s ' ' 0 99)"
}

@test "limit: so many bytes, then the end" {
    fault limit=20
    raw_send "$ASK$ASK"
    assert_equal "$(raw_rest)" "$FOUR${FOUR:0:6}"
    saw limit
}

@test "rst" {
    start_listen --log text --fault rst,msg=2
    run kq-send -l ":$port" <<<$'1\n2\n3'
    assert_failure 8
    assert_line 1
    assert_output --partial 'reset'
    saw rst
}

@test "close" {
    fault close,msg=2
    raw_send "$ASK$ASK$ASK"
    assert_equal "$(raw_rest)" "$FOUR"
    saw close
}

@test "half-close: the server ends, but still listens" {
    fault half-close,msg=2
    raw_send "$ASK$ASK"
    assert_equal "$(raw_rest)" "$FOUR"
    raw_send "$ASK"
    until [ "$(grep -c ' sync ' listen.out)" = 3 ]; do :; done
    raw_close
    saw half-close
}

@test "hang" {
    start_listen --log text --fault hang
    run kq-send -T 50ms ":$port" 1
    assert_failure 5
    assert_output --partial 'no answer within 50ms'
    saw hang
}

@test "delay and jitter" {
    start_listen --log json --fault delay=50ms,conn=1 --fault jitter=1ms
    run kq-send ":$port" 1
    assert_output 1
    run kq-send ":$port" 1
    assert_output 1
    run jq '.latency_us|select(.)' listen.out
    [ "${lines[0]%.*}" -ge 50000 ]
    [ "${lines[1]%.*}" -lt 50000 ]
}

@test "length: more, less, as much as there is" {
    fault length=+4
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "0102000015000000${FOUR:16}"
    saw length
    fault length=-4
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "010200000d000000${FOUR:16}"
    start_listen --log none --fault length=max
    run kq-send ":$port" 1
    assert_failure 7
}

@test "type" {
    fault type=0x55
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "${FOUR:0:16}55${FOUR:18}"
    saw type
}

@test "reserved" {
    fault reserved=7
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "010200071100${FOUR:12}"
    saw reserved
}

@test "corrupt" {
    fault corrupt=9
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "${FOUR:0:18}fb${FOUR:20}"
    saw corrupt
}

@test "truncate" {
    start_listen --log text --fault truncate=12
    run kq-send ":$port" 2+2
    assert_failure 8
    assert_output --partial '12 of 17 bytes'
    saw truncate
}

@test "compress: always, bad, huge" {
    start_listen --log none --fault compress=always
    run bash -c "kq-send -F ipc :$port '1000#0' | head -c 4 | xxd -p"
    assert_output 01020100
    run kq-send -F q ":$port" '3#0' # too short to compress
    assert_output '0 0 0'
    for how in bad huge; do
        start_listen --log none --fault "compress=$how"
        run kq-send ":$port" '1000#0'
        assert_failure 7
    done
}

@test "endian" {
    fault endian=big
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" 0002000000000011f90000000000000004
    saw endian
}

@test "wrong-kind" {
    fault wrong-kind
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "$(sync f90400000000000000)"
    saw wrong-kind
}

@test "async-first: a client that looks at the kind is not fooled" {
    start_listen --log text --fault async-first
    run kq-send ":$port" 2+2
    assert_success
    assert_output 4
    saw async-first
}

@test "dup: the second answer is nobody's" {
    fault dup,msg=1
    raw_send "$ASK"
    assert_equal "$(raw_read 34)" "$FOUR$FOUR"
    saw dup
}

@test "swap: the next answer overtakes, or after a while it comes alone" {
    fault swap,msg=1
    raw_send "$ASK$(sync f90700000000000000)"
    assert_equal "$(raw_read 34)" "$(response f90700000000000000)$FOUR"
    raw_close
    raw_open
    raw_login
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "$FOUR"
    saw swap 2
}

@test "selectors: connection, message, kind" {
    start_listen --log none --fault truncate=9,conn=2,msg=2
    for want in 0 8 0; do
        status=0
        kq-send -l ":$port" <<<$'1\n2' >/dev/null 2>&1 || status=$?
        assert_equal "$status" "$want"
    done
    start_listen --log none --fault rst,kind=async
    kq-send ":$port" 1
    run kq-send -a --confirm ":$port" 1
    assert_failure 8
}

@test "kind=push strikes what the server sends unasked" {
    start_listen --log text --fault type=0x55,kind=push
    raw_open
    raw_login
    raw_send "$(sync "$(text 'neg[.z.w] 0x01;4')")"
    assert_equal "$(raw_read 27)" "$(async 5501)$FOUR"
    raw_close
}

@test "the same seed gives the same faults" {
    run_once() {
        start_listen --log none --fault "corrupt=9,p=0.5" --seed "$1"
        kq-send -l -F q ":$port" < <(yes 2+2 | head -64)
        stop_listen
    }
    first=$(run_once 1)
    [[ $first == *4* && $first == *251* ]]
    assert_equal "$(run_once 1)" "$first"
    assert_not_equal "$(run_once 2)" "$first"
    start_listen --log json --fault "corrupt=9,p=0.5"
    stop_listen
    run jq -r 'select(.event=="seed").detail' listen.out
    assert_output --partial -- '--seed '
}

@test "a fault of a rule" {
    start_listen --log none -f <(echo "fault=dup q=1")
    raw_open
    raw_login
    raw_send "$(sync f6"71")$ASK"
    assert_equal "$(raw_read 51)" "$(response f90100000000000000)$(response f90100000000000000)$FOUR"
    raw_close
}

@test "nonsense is a usage error" {
    for spec in nope delay delay=x rst=1 cap=256 length=x compress=maybe endian=little p=1 \
        rst,p=2 rst,conn=0 rst,kind=x refuse-auth,msg=1 dup,kind=async rst,kind=push rst,foo=1; do
        run kq-listen --fault "$spec"
        assert_failure 2
    done
    run kq-listen --fault delay
    assert_output "kq-listen: bad value '' of fault delay"
}
