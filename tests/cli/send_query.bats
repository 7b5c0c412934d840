#!/usr/bin/env bats
# What kq-send sends for a query, byte by byte, and what it makes of the answer.

# start_stub sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

load common

# Answers: 4; the error 'type; the int 42 pushed as an async and sent as a sync message.
FOUR=0102000011000000f90400000000000000
TYPE=010200000e000000807479706500
PUSH=010000000d000000fa2a000000
ASKS=010100000d000000fa2a000000

# sent N: line N of what the stub read (line 1 is the login)
sent() { sed -n "$1p" stub.out; }

@test "a query is a char vector in a sync message" {
    start_stub login read send=$FOUR
    run --separate-stderr kq-send ":$port" 2+2
    assert_success
    assert_output 4
    [ -z "$stderr" ]
    stop_stub
    assert_equal "$(sent 2)" 01010000110000000a0003000000322b32
}

@test "one character is still a vector" {
    start_stub login read send=$FOUR
    run kq-send ":$port" x
    assert_output 4
    stop_stub
    assert_equal "$(sent 2)" 010100000f0000000a000100000078
}

@test "words after the query belong to it, also -1" {
    start_stub login read send=$FOUR
    run kq-send ":$port" f -1 2
    assert_success
    stop_stub
    assert_equal "$(sent 2)" 01010000140000000a000600000066202d312032
}

@test "several -e go in order over one connection" {
    start_stub login read send=$FOUR read send=$FOUR
    run kq-send "$port" -e a -e b
    assert_success
    assert_output $'4\n4'
    stop_stub
    assert_equal "$(sent 2)" 010100000f0000000a000100000061
    assert_equal "$(sent 3)" 010100000f0000000a000100000062
}

@test "standard input is the query, without its last newline" {
    start_stub login read send=$FOUR
    run kq-send "::$port" <<<2+2
    assert_output 4
    stop_stub
    assert_equal "$(sent 2)" 01010000110000000a0003000000322b32
}

@test "empty standard input asks nothing and ends" {
    start_stub login stall
    run kq-send ":$port" </dev/null
    assert_success
    assert_output ""
}

@test "-f sends a file as one message" {
    printf 'a:1\nb:2\n' >q.q
    start_stub login read send=$FOUR
    run kq-send -f q.q ":$port"
    assert_output 4
    stop_stub
    assert_equal "$(sent 2)" 01010000150000000a0007000000613a310a623a32
}

@test "--script sends statement by statement" {
    printf '/ comment\na:1\n\nf:{x\n  +1}\n/\nblock\n\\\nb:2\n\\\nnever\n' >q.q
    start_stub login read send=$FOUR read send=$FOUR read send=$FOUR
    run kq-send --script -f q.q ":$port"
    assert_output $'4\n4\n4'
    stop_stub
    assert_equal "$(sent 2)" 01010000110000000a0003000000613a31
    assert_equal "$(sent 3)" 01010000180000000a000a000000663a7b780a20202b317d
    assert_equal "$(sent 4)" 01010000110000000a0003000000623a32
}

@test "--call sends typed values, and nothing in them is spliced" {
    start_stub login read send=$FOUR
    run kq-send ":$port" --call f -1 --symbol 'a`b "' 2i --string '$(x)' --bytes hi
    assert_success
    stop_stub
    # (`f; -1; `$"a`b \""; 2i; "$(x)"; 0x6869)
    assert_equal "$(sent 2)" "$(sync 000006000000f56600f9fffffffffffffffff5616062202200fa020000000a0004000000242878290400020000006869)"
}

@test "--call without arguments passes (::), and a lambda is a string" {
    start_stub login read send=$FOUR
    run kq-send ":$port" --call '{x}'
    assert_success
    stop_stub
    assert_equal "$(sent 2)" 01010000190000000000020000000a00030000007b787d6500
}

@test "--call reads @FILE as a string" {
    printf 'some text' >file
    start_stub login read send=$FOUR
    run kq-send ":$port" --call f @file --symbol @@x
    assert_success
    stop_stub
    assert_equal "$(sent 2)" "$(sync 000003000000f566000a0009000000736f6d652074657874f5407800)"
}

@test "--arg-format says how arguments are read" {
    start_stub login read send=$FOUR
    run kq-send --arg-format=symbol ":$port" --call f a 1
    assert_success
    stop_stub
    assert_equal "$(sent 2)" 0101000017000000000003000000f56600f56100f53100
}

@test "-I q sends the value of a literal" {
    start_stub login read send=$FOUR
    run kq-send -I q ":$port" '1 2 3i'
    assert_success
    stop_stub
    assert_equal "$(sent 2)" "$(sync 060003000000010000000200000003000000)"
}

@test "JSON queries and arguments become objects" {
    start_stub login read send=$FOUR
    run kq-send -I json ":$port" '{"a":[1,2]}'
    assert_success
    stop_stub
    assert_equal "$(sent 2)" "$(sync 630b0001000000610000000100000007000200000001000000000000000200000000000000)"
    start_stub login read send=$FOUR
    run kq-send --arg-format=json ":$port" --call f true '{"t":-6,"v":7}'
    assert_success
    stop_stub
    assert_equal "$(sent 2)" "$(sync 000003000000f56600ff01fa07000000)"
    run kq-send -I json :1 '[1,'
    assert_failure 2
    assert_output --partial "line 1, column 3"
}

@test "-I ipc sends frames unchanged but for the kind" {
    printf '\1\0\0\0\r\0\0\0\372\1\0\0\0\1\2\0\0\n\0\0\0e\0' >frames
    start_stub login read send=$FOUR read send=$FOUR
    run kq-send -I ipc -f frames ":$port"
    assert_success
    stop_stub
    assert_equal "$(sent 2)" 010100000d000000fa01000000
    assert_equal "$(sent 3)" 010100000a0000006500
}

@test "-I hex is a frame or a payload" {
    start_stub login read send=$FOUR read send=$FOUR
    run kq-send -I hex ":$port" -e '0x0100 00000d000000fa01000000' -e fa02000000
    assert_success
    stop_stub
    assert_equal "$(sent 2)" 010100000d000000fa01000000
    assert_equal "$(sent 3)" 010100000d000000fa02000000
}

@test "bad input is found before anything connects" {
    run kq-send -I q :1 '1 2 foo'
    assert_failure 2
    assert_output --partial "column 5: unexpected 'f'"
    run kq-send -I hex :1 0x0
    assert_failure 2
    run kq-send :1 --call f 'select from t'
    assert_failure 2
    assert_output --partial "argument 'select from t'"
    run kq-send :1 -f /nonexistent
    assert_failure 9
    assert_output --partial /nonexistent
}

@test "--endian=big sends big-endian" {
    start_stub login read send=$FOUR
    run kq-send --endian=big ":$port" 2+2
    assert_output 4
    stop_stub
    assert_equal "$(sent 2)" 00010000000000110a0000000003322b32
}

@test "an async push before the answer is not the answer" {
    start_stub login read send=$PUSH$FOUR
    run --separate-stderr kq-send -v ":$port" x
    assert_success
    assert_output 4
    [[ $stderr == *"ignored an async message"* ]]
}

@test "a sync message before the answer is refused" {
    start_stub login read send=$ASKS read send=$FOUR
    run --separate-stderr kq-send ":$port" x
    assert_success
    assert_output 4
    stop_stub
    assert_equal "$(sent 3)" 010200000d000000806e796900
}

@test "an answer in segments of one byte is complete" {
    start_stub login read split=$PUSH$FOUR
    run kq-send ":$port" x
    assert_output 4
}

@test "a big-endian answer is read" {
    start_stub login read send=0002000000000011f90000000000000004
    run kq-send ":$port" x
    assert_output 4
}

@test "a q error is on stderr and exits 4" {
    start_stub login read send=$TYPE
    run --separate-stderr kq-send ":$port" x
    assert_failure 4
    assert_output ""
    assert_equal "$stderr" "'type"
}

@test "with JSON formats the error is a JSON object" {
    start_stub login read send=$TYPE
    run --separate-stderr kq-send -j ":$port" x
    assert_failure 4
    assert_equal "$stderr" \
        '{"error":"type","kind":"q","code":4,"program":"kq-send","target":"localhost:'"$port"'"}'
}

@test "a q error stops the rest, --keep-going does not" {
    start_stub login read send=$TYPE stall
    run --separate-stderr kq-send ":$port" -e a -e b
    assert_failure 4
    assert_output ""
    start_stub login read send=$TYPE read send=$FOUR
    run --separate-stderr kq-send --keep-going ":$port" -e a -e b
    assert_failure 4
    assert_output 4
}

@test "--exit-status follows the result" {
    # 4, 0b, (), ::, 0N, "", 0n
    local answers=(0102000011000000f90400000000000000 010200000a000000ff00
        010200000e000000000000000000 010200000a0000006500
        0102000011000000f90000000000000080 010200000e0000000a0000000000
        0102000011000000f7000000000000f8ff)
    local want=0 a
    for a in "${answers[@]}"; do
        start_stub login read send="$a"
        run kq-send --exit-status -F none ":$port" x
        assert_equal "$status" $want
        want=1
    done
}

@test "an answer is printed although the next one does not come" {
    start_listen --log none --fault hang,msg=2
    run kq-send -T 100ms ":$port" -e 1+1 -e 2+2
    assert_failure 5
    assert_line 2
}

@test "--type-check decides before the next request goes out" {
    start_listen --log none
    run kq-send --type-check=j ":$port" -e '"text"' -e 'a:1'
    assert_failure 7
    run kq-send ":$port" a
    assert_failure 4
    assert_output "'a"
}

@test "--type-check wants a type" {
    local t
    for t in j long -7; do
        start_stub login read send=$FOUR
        run kq-send --type-check=$t ":$port" x
        assert_success
    done
    for t in i table 7; do
        start_stub login read send=$FOUR
        run kq-send --type-check=$t ":$port" x
        assert_failure 7
        assert_output --partial "the result has type -7, not $t"
    done
    run kq-send --type-check=nonsense :1 x
    assert_failure 2
}
