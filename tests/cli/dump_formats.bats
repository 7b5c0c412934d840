#!/usr/bin/env bats
# kq-dump: what messages look like in each format.

# q names have backticks.
# shellcheck disable=SC2016

load common

# A request, its table and an error.
messages() {
    cat <<'END'
0x01010000110000000a0003000000322b32
0x01000000330000006200630b0002000000610062000000020000000600020000000100000002000000 0b000200000078007900
0x010200000e0000008074797065 00
END
}

@test "text has a line for each message" {
    run kq-dump <<<"$(messages)"
    assert_success
    assert_output - <<'END'
0 sync          17 2+2
1 async         51 +`a`b!(1 2i;`x`y)
2 error         14 2+2 -> 'type
END
}

@test "lines are whole in a pipe and cut for a width" {
    seq 300 | kq-pipe -n -F ipc -t t -Y J -o frames -
    run kq-dump frames
    assert_output --regexp ' 299 300[^.]*$'
    run kq-dump --width=60 frames
    assert_output --regexp '^0 async.* 5 6.*\.\.$'
    assert_equal "${#output}" 60
    NO_COLOR=1 env -u COLUMNS script -qec 'stty cols 50; kq-dump frames' /dev/null </dev/null >screen
    assert_equal "$(tr -d '\r' <screen | wc -L)" 50
    NO_COLOR=1 env -u COLUMNS script -qec 'stty cols 50; kq-dump --width=0 frames' /dev/null </dev/null >screen
    assert grep -q ' 299 300' screen
}

@test "jsonl has the fields of the schema" {
    run bash -c "$(declare -f messages); messages | kq-dump -j"
    assert_success
    assert_line --index 0 '{"v":1,"n":0,"time":null,"conn":null,"src":null,"dst":null,"kind":"sync","size":17,"zsize":null,"endian":"little","fn":null,"table":null,"query":"2+2","value":"2+2","latency_us":null,"reply_to":null,"error":null,"user":null,"rows":null,"wait_us":null}'
    assert_line --index 1 --partial '"value":[{"a":1,"b":"x"},{"a":2,"b":"y"}]'
    assert_line --index 2 --partial '"error":"type"'
    run bash -c "$(declare -f messages); messages | kq-dump -j=columns --kind async"
    assert_output --partial '"value":{"a":[1,2],"b":["x","y"]}'
}

@test "json is one array" {
    run bash -c "$(declare -f messages); messages | kq-dump -F json --kind sync"
    assert_success
    [ "${output:0:1}${output: -1}" = "[]" ]
}

@test "tree explains every byte" {
    run kq-dump --tree <<<0x01010000110000000a0003000000322b32
    assert_success
    assert_output - <<'END'
sync 0, 17 bytes
offset    hex                      ascii    path     value          meaning
00000000  01                       .        header   little-endian  byte order
00000001  01                       .        header   sync           message type
00000002  00                       .        header   none           compression
00000003  00                       .        header   0              length, bits 32 to 39
00000004  11 00 00 00              ....     header   17             length
00000008  0a                       .        x        10h            char vector
00000009  00                       .        x                       no attribute
0000000a  03 00 00 00              ....     x        3              count
0000000e  32 2b 32                 2+2      x[0..2]  "2+2"
END
}

@test "tree names the places of a table, and shows what it leaves out" {
    run bash -c "$(declare -f messages); messages | kq-dump --tree --kind async --max-items 1"
    assert_success
    assert_line --regexp '^00000021  01 00 00 00 +\.\.\.\. +x\.a\[0\] +1$'
    assert_line '00000025  -- 1 more items, 4 bytes --'
    assert_line --regexp '^0000002f  78 00 +x\. +x\.b\[0\] +`x$'
}

@test "ipc, payload, tplog and hex are read again" {
    messages >m
    for chain in "-F ipc" "-F payload" "-F tplog" "-F hex"; do
        # shellcheck disable=SC2086
        run bash -c "kq-dump $chain m | kq-dump -F q"
        assert_success
        assert_line '+`a`b!(1 2i;`x`y)'
    done
    run bash -c "kq-dump -F ipc m | kq-dump"
    assert_line --index 2 "2 error         14 'type"
    run bash -c "kq-dump -F ipc m | cmp - <(xxd -r -p m)"
    assert_success
}

@test "csv has the fields asked for" {
    run bash -c "$(declare -f messages); messages | kq-dump -F csv --fields kind,size,query,value"
    assert_success
    assert_output - <<'END'
kind,size,query,value
sync,17,2+2,"""2+2"""
async,51,,+`a`b!(1 2i;`x`y)
response,14,2+2,'type
END
    run bash -c "$(declare -f messages); messages | kq-dump -F csv --fields kind,nosuch"
    assert_failure 2
    assert_output "kq-dump: --fields: there is no field 'nosuch'"
}

@test "-x adds a hexdump" {
    run kq-dump -x <<<'0x010200000e0000008074797065 00'
    assert_line --index 1 "    00000000: 0102 0000 0e00 0000 8074 7970 6500       .........type."
}

@test "a password is shown only when asked for" {
    printf 'me:secret\x03\x00' >login
    for format in text jsonl csv tree hex; do
        run kq-dump -I ipc -x -F "$format" login
        assert_success
        refute_output --partial secret
        refute_output --partial 7365
    done
    run kq-dump -I ipc --show-secrets login
    assert_output --partial 'me:secret capability 3'
    run kq-dump -I ipc -j --show-secrets login
    assert_output --partial '"password":"secret"'
}

@test "nothing a peer sends steers the terminal" {
    run kq-dump <<<'0x01010000 13000000 0a00 05000000 1b5b33316d'
    assert_output '0 sync          19 \033[31m'
}
