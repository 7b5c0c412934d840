#!/usr/bin/env bats
# Formats, and where output goes.

# start_stub sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

load common

FOUR=0102000011000000f90400000000000000
# ([]a:1 2;b:`x`y)
TABLE=6200630b00020000006100620000000200000007000200000001000000000000000200000000000000
TABLE+=0b000200000078007900
# "it's"
TEXT=01020000120000000a000400000069742773

ask() { # ANSWER [OPTION]...
    start_stub login read send="$1"
    shift
    run --separate-stderr kq-send "$@" ":$port" x
}

@test "text is the look of the q console" {
    ask "$(response $TABLE)"
    assert_output $'a b\n---\n1 x\n2 y'
    ask $TEXT
    assert_output '"it'"'"'s"'
}

@test "q reads back" {
    ask "$(response $TABLE)" -F q
    assert_output '+`a`b!(1 2;`x`y)'
}

@test "json and its shapes" {
    ask "$(response $TABLE)" -j
    assert_output $'{"a":1,"b":"x"}\n{"a":2,"b":"y"}'
    ask "$(response $TABLE)" -F json
    assert_output $'[{"a":1,"b":"x"},\n {"a":2,"b":"y"}]'
    ask "$(response $TABLE)" -j=columns
    assert_output '{"a":[1,2],"b":["x","y"]}'
    ask $FOUR --json=typed
    assert_output '{"t":-7,"v":4}'
    ask $FOUR -j --int64=string
    assert_output '"4"'
}

@test "csv and tsv" {
    ask "$(response $TABLE)" -F csv
    assert_output $'a,b\n1,x\n2,y'
    ask "$(response $TABLE)" -F tsv --header=no
    assert_output $'1\tx\n2\ty'
}

@test "raw" {
    ask $TEXT -F raw
    assert_output "it's"
    start_stub login read send=$TEXT
    run bash -c "kq-send -F raw -0 :$port x | xxd -p"
    assert_output 6974277300
}

@test "floats lose nothing on the way to another program, and look as in q to a person" {
    local third=555555555555d53f
    ask "$(response 'f7'$third)"
    assert_output 0.3333333
    for format in csv tsv raw json q; do
        ask "$(response 'f7'$third)" -F "$format"
        assert_output 0.3333333333333333
    done
    ask "$(response 'f7'$third)" -F csv --precision=3
    assert_output 0.333
    ask "$(response 'f7'$third)" --precision=shortest
    assert_output 0.3333333333333333
    ask "$(response 'f7'$third)" --precision=0
    assert_output 0.33333333333333331
    run kq-send --precision=18 :1 x
    assert_failure 2
    assert_output --partial "option '--precision': '18' is neither 0 to 17 nor shortest"
}

@test "none, hex, ipc, payload" {
    ask $FOUR -F none
    assert_output ""
    ask $FOUR -F hex
    assert_output --partial "0102 0000 1100 0000 f904"
    start_stub login read send=$FOUR
    run bash -c "kq-send -F ipc :$port x | xxd -p"
    assert_output $FOUR
    start_stub login read send=$FOUR
    run bash -c "kq-send -F payload :$port x | xxd -p"
    assert_output f90400000000000000
}

@test "-x shows the frame under the value" {
    ask $FOUR -x
    assert_line --index 0 4
    assert_line --index 1 --partial "0102 0000 1100 0000 f904"
}

@test "console asks the server to render" {
    start_stub login read send="$(response 0a0002000000340a)"
    run kq-send -F console ":$port" 2+2
    assert_output 4
    stop_stub
    assert_equal "$(sed -n 2p stub.out)" \
        "$(sync 0000020000000a000e0000007b2e512e732076616c756520787d0a0003000000322b32)"
}

@test "-o writes to a file" {
    ask $FOUR -o out.txt
    assert_success
    assert_output ""
    assert_equal "$(cat out.txt)" 4
    ask $FOUR -o /nonexistent/out
    assert_failure 9
}

@test "a full disk is 9" {
    start_stub login read send=$FOUR
    run bash -c "kq-send :$port x >/dev/full"
    assert_failure 9
    assert_output --partial "No space left"
    run bash -c 'kq-send --help >/dev/full'
    assert_failure 9
    run bash -c 'kq-send --version >/dev/full'
    assert_failure 9
}

@test "a closed pipe ends silently with 141" {
    start_stub login read send=$FOUR
    run bash -c "kq-send :$port x 2>err | true; echo \${PIPESTATUS[0]}; cat err"
    # The reader may close before or after the write: either nothing is said.
    assert_output --regexp '^(0|141)$'
    mkfifo pipe
    start_stub login read send=$FOUR
    # Open for reading and writing, so that opening for writing does not wait.
    # shellcheck disable=SC2094
    exec 8<>pipe 7>pipe 8>&-
    run bash -c "kq-send :$port x >&7"
    exec 7>&-
    assert_failure 141
    assert_output ""
}

@test "on a terminal text is fitted to it, in a pipe never" {
    # til 100
    local vec=070064000000
    local i
    for ((i = 0; i < 100; i++)); do vec+=$(printf '%02x00000000000000' $i); done
    start_stub login read send="$(response "$vec")"
    run kq-send ":$port" x
    assert_line --index 0 --partial "97 98 99"
    start_stub login read send="$(response "$vec")"
    run env COLUMNS=40 script -qec "kq-send :$port x" /dev/null
    assert_output --regexp '^0 1 2 .*\.\.'
    [ "${#lines[0]}" -le 41 ]
    start_stub login read send="$(response "$vec")"
    run script -qec "kq-send --columns=30 :$port x" /dev/null
    [ "${#lines[0]}" -le 31 ]
}

@test "--color marks the names of columns and the program in errors" {
    ask "$(response $TABLE)" --color=always
    assert_output $'\033[1ma b\033[0m\n---\n1 x\n2 y'
    ask $FOUR --color=always
    assert_output 4
    run kq-send --color=always :1 x
    assert_output $'\033[1;31mkq-send:\033[0m localhost:1: connection refused'
    ask "$(response $TABLE)"
    assert_output $'a b\n---\n1 x\n2 y'
    start_stub login read send="$(response $TABLE)"
    NO_COLOR=1 TERM=xterm run script -qec "kq-send :$port x" /dev/null
    assert_line --index 0 $'a b\r'
    start_stub login read send="$(response $TABLE)"
    TERM=xterm run script -qec "kq-send :$port x" /dev/null
    assert_line --index 0 $'\033[1ma b\033[0m\r'
}

@test "-vv shows frames, -vvv their bytes" {
    ask $FOUR -vv
    assert_output 4
    [[ $stderr == *"> sync message of 15 bytes"*"< response message of 17 bytes"* ]]
    ask $FOUR -vvv
    [[ $stderr == *"> sync message of 15 bytes"$'\n'"    00000000: 0101 0000 0f00 0000 0a00"* ]]
}

@test "--time, --write-out and --ping" {
    ask $FOUR --time
    assert_output 4
    [[ $stderr == *"connect "*"handshake "*"first byte "*"total "*" ms, in 18 B, out "* ]]
    ask $FOUR -F none --write-out '%{stdout}%{bytes_in} %{exitcode} %{nonsense} 100%%\n'
    assert_output '18 0 %{nonsense} 100%'
    start_stub login read send=$FOUR
    run kq-send --ping ":$port"
    assert_output --regexp '^pong [0-9]+\.[0-9]{3} ms$'
    start_stub login read send=$FOUR
    run kq-send -q --ping ":$port"
    assert_success
    assert_output ""
}
