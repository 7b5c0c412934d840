#!/usr/bin/env bats
# listen_files.bats - the files that q code gets with --allow-files, and those it does not get.

# start_listen sets port; `a is q.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154,SC2016

load common

ask() { kq-send -F q -- ":$port" "$1"; }

setup() {
    servers=()
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir -p data/sub
    printf 'a,b\n1,x\r\n2,y' >data/t.csv
    echo secret >secret
    ln -s ../secret data/link
}

@test "reading: lines, bytes, parts, tables" {
    start_listen --log none --allow-files data
    run ask 'read0`:t.csv'
    assert_output '("a,b";"1,x";"2,y")'
    run ask 'read1(`:t.csv;4;3)'
    assert_output 0x312c78
    run ask 'read1(`:t.csv;9;100)'
    assert_output 0x322c79
    run ask 'hcount`:t.csv'
    assert_output 12
    run ask '("JS";enlist",")0:`:t.csv'
    assert_output '+`a`b!(1 2;`x`y)'
}

@test "writing and deleting" {
    start_listen --log none --allow-files data
    run ask '`:sub/new.txt 0:("one";"two")'
    assert_output '`:sub/new.txt'
    assert_equal "$(cat data/sub/new.txt)" $'one\ntwo'
    run ask '`:bytes 1:0x0102'
    assert_output '`:bytes'
    assert_equal "$(xxd -p data/bytes)" 0102
    run ask '`:out.csv 0:csv 0:([]a:1 2)'
    assert_equal "$(cat data/out.csv)" $'a\n1\n2'
    run ask 'hdel`:sub/new.txt'
    assert_output '`:sub/new.txt'
    [ ! -e data/sub/new.txt ]
}

@test "errors say what the system says" {
    start_listen --log none --allow-files data
    run ask 'read0`:none'
    assert_failure 4
    assert_output --partial "'none. OS reports: No such file or directory"
    run ask 'read0`:sub'
    assert_output --partial "'sub. OS reports: Is a directory"
    run ask '`:none/x 0:enlist"ab"'
    assert_output --partial "OS reports: No such file or directory"
    run ask '`:x 0:1 2'
    assert_output --partial "'type"
}

@test "nothing outside of the folder, nothing under -u 1 and -b, nothing without the option" {
    start_listen --log none --allow-files data
    for path in ../secret link /etc/passwd sub/../../secret sub/../../data/../secret; do
        for what in "read0 \`\$\":$path\"" "hcount \`\$\":$path\"" "hdel \`\$\":$path\"" "(\`\$\":$path\")0:enlist\"xy\""; do
            case "$path $what" in 'link hdel'*) continue ;; esac
            run ask "$what"
            assert_failure 4
            assert_output --partial "'access"
        done
    done
    assert_equal "$(cat secret)" secret
    start_listen --log none --allow-files data -u 1
    run ask 'read0`:t.csv'
    assert_output --partial "'access"
    start_listen --log none --allow-files data -b
    run ask 'read0`:t.csv'
    assert_success
    run ask '`:x 0:enlist"ab"'
    assert_output --partial "'noupdate"
    run ask 'hdel`:t.csv'
    assert_output --partial "'noupdate"
    start_listen --log none
    run ask 'read0`:t.csv'
    assert_output --partial "'access"
    run kq-listen --allow-files nosuch -p 0W
    assert_failure 2
}
