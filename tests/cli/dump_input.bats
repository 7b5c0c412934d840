#!/usr/bin/env bats
# kq-dump: where messages come from, and what happens when they are damaged.

# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load common

one=01010000110000000a0003000000322b32

@test "standard input is read without a word" {
    run bash -c "echo $one | kq-dump"
    assert_success
    assert_output '0 sync          17 2+2'
    run bash -c "echo $one | kq-dump -"
    assert_output '0 sync          17 2+2'
}

@test "empty input is no error" {
    run kq-dump /dev/null
    assert_success
    assert_output ''
}

@test "what a file is shows in its first bytes, gzip too" {
    echo $one | xxd -r -p >f
    run kq-dump f
    assert_output '0 sync          17 2+2'
    gzip -k f
    run kq-dump f.gz
    assert_output '0 sync          17 2+2'
    tail -c +9 f >payload
    run kq-dump payload
    assert_output '0 object         9 2+2'
    (printf '\xff\x01\0\0\0\0\0\0' && cat payload payload) >log
    run kq-dump log
    assert_line --index 1 '1 object         9 2+2'
    (printf '\xff\x01' && cat payload) >object
    run kq-dump object
    assert_output '0 object         9 2+2'
    printf '\xfe\x20\x07\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0' >column
    run kq-dump -F q column
    assert_output '1 2'
    printf 'kxzipped........' >zipped
    run kq-dump zipped
    assert_failure 7
    assert_output 'kq-dump: zipped: compressed by q (kxzipped): only q can read it'
}

@test "a file that is nothing is refused by name" {
    echo 'hello, world' >text
    run kq-dump text
    assert_failure 7
    assert_output 'kq-dump: text: not a capture, message, log or hex; say what it is with --input'
    run kq-dump nosuch
    assert_failure 9
    assert_output 'kq-dump: nosuch: cannot open: No such file or directory'
    run kq-dump .
    assert_failure 9
}

@test "damage is reported with its place and the exit status 7" {
    run --separate-stderr kq-dump <<<"$one 01010000 0e000000 0a00 09000000 $one"
    assert_failure 7
    # shellcheck disable=SC2154
    assert_equal "$stderr" 'kq-dump: standard input: message 1: at byte 23: data ends too early'
    assert_line --index 1 --partial 'cannot be decoded'
    assert_line --index 3 '2 sync          17 2+2'
}

@test "--strict stops, --relaxed goes on and succeeds" {
    bad="01010000 0e000000 0a00 09000000"
    run kq-dump --strict -F ipc <<<"$bad $one"
    assert_failure 7
    run --separate-stderr kq-dump --relaxed <<<"$bad $one"
    assert_success
    assert_line --partial '2+2'
    [[ $stderr == *'data ends too early'* ]]
}

@test "a broken header ends a file of messages, unless --relaxed" {
    run --separate-stderr kq-dump <<<"$one 0907 $one"
    assert_failure 7
    [[ $stderr == *'at byte 17: not a kdb+ message: byte order 0x09 is neither 0 nor 1'* ]]
    refute_line '1 sync          17 2+2'
    run --separate-stderr kq-dump --relaxed <<<"$one 0907 $one"
    assert_success
    assert_line '1 sync          17 2+2'
}

@test "a file that is cut off is damaged" {
    run --separate-stderr kq-dump <<<"$one 01010000110000"
    assert_failure 7
    [[ $stderr == *'at byte 17: ends inside a message header: 7 of 8 bytes'* ]]
}

@test "a claimed length is not believed" {
    # AddressSanitizer itself needs more.
    limit="ulimit -v 200000"
    [[ $(readelf -d "$(command -v kq-dump)") != *libasan* ]] || limit=:
    run bash -c "$limit; echo 010100ffffffffff0a00ffffffff | kq-dump --max-size=none"
    assert_failure 7
    run --separate-stderr kq-dump --max-size 1k <<<"01010000 00000100 0a00 f2ff0000"
    assert_failure 7
    [[ $stderr == *'message of 65536 bytes is over the limit of 1024 (--max-size)'* ]]
}

@test "-c and --skip count messages" {
    run kq-dump --skip 1 -c 2 <<<"$one $one $one $one"
    assert_success
    assert_output - <<'END'
1 sync          17 2+2
2 sync          17 2+2
END
}

@test "conditions select messages" {
    two="01000000 20000000 0000 03000000 f575706400 f57400 0600 01000000 01000000"
    for want in "--kind async" "--fn upd" "--table t" "--match 'up.;.t'" "--min-size 20"; do
        run bash -c "echo $one $two | kq-dump -F csv --fields n,fn,table,rows $want"
        assert_success
        assert_output $'n,fn,table,rows\n1,upd,t,1'
    done
    run bash -c "echo $one | kq-dump --fn nosuch"
    assert_failure 1
    run kq-dump --kind nosuch /dev/null
    assert_failure 2
    run kq-dump -m '(' /dev/null
    assert_failure 2
}

@test "lost output is an error, a closed pipe is none" {
    run bash -c "echo $one | kq-dump >/dev/full"
    assert_failure 9
    run bash -c "yes $one | kq-dump 2>err | head -1; echo \${PIPESTATUS[1]} >status; cat err"
    assert_output '0 sync          17 2+2'
    run cat status
    assert_output 141
}

@test "a recording shows a session in both directions" {
    command -v kq-listen >/dev/null || skip "kq-listen is not built"
    start_listen -w t.wire --log none
    kq-send ":$port" 'til 3'
    stop_listen
    run kq-dump -F csv --fields conn,kind,size,query,value t.wire
    assert_success
    assert_line --partial '1,sync,19,til 3,'
    assert_line --partial '1,response,38,til 3,0 1 2'
}
