#!/usr/bin/env bats
# kq-dump and tickerplant logs.

# q names have backticks.
# shellcheck disable=SC2016

bats_require_minimum_version 1.5.0
load common

record=000003000000f575706400f57400fa01000000
other=000003000000f575706400f57500fa02000000

# make_log: sample.tplog with three records
make_log() {
    echo "ff01000000000000 $record $other $record" | xxd -r -p >sample.tplog
}

@test "records are numbered and selected" {
    make_log
    run kq-dump sample.tplog
    assert_success
    assert_output - <<'END'
0 object        19 (`upd;`t;1i)
1 object        19 (`upd;`u;2i)
2 object        19 (`upd;`t;1i)
END
    run kq-dump --table u -F q sample.tplog
    assert_output '(`upd;`u;2i)'
    run kq-dump --from '#1' --to '#2' -F q sample.tplog
    assert_output '(`upd;`u;2i)'
}

@test "--check says what is good, as -11! does" {
    make_log
    run kq-dump --check sample.tplog
    assert_success
    assert_output 'valid=3 bytes=65'
    head -c 60 sample.tplog >short
    run --separate-stderr kq-dump --check short
    assert_failure 7
    assert_output 'valid=2 bytes=46'
    # shellcheck disable=SC2154
    assert_equal "$stderr" 'kq-dump: short: at byte 46: object is cut off: the file ends after 14 bytes of it'
}

@test "a cut log shows the records before the cut" {
    make_log
    head -c 60 sample.tplog >short
    run --separate-stderr kq-dump -F q short
    assert_failure 7
    assert_output $'(`upd;`t;1i)\n(`upd;`u;2i)'
}

@test "--repair keeps the records behind the damage" {
    make_log
    echo "ff01000000000000 $record 2a2a2a $other 0000 $record" | xxd -r -p >bad
    run kq-dump --repair good bad
    assert_success
    assert_line --partial 'kq-dump: bad: kept 3 records, left out 5 bytes in 2 places'
    run kq-dump -F q good
    assert_success
    assert_output $'(`upd;`t;1i)\n(`upd;`u;2i)\n(`upd;`t;1i)'
}

@test "several files come in order" {
    make_log
    run kq-dump -F q --count 4 sample.tplog sample.tplog
    assert_success
    assert_line --index 3 '(`upd;`t;1i)'
}

@test "--follow waits for more" {
    make_log
    kq-dump --follow --line-buffered -c 4 -F q sample.tplog >out 3>&- &
    echo "$other" | xxd -r -p >>sample.tplog
    wait $!
    run cat out
    assert_line --index 3 '(`upd;`u;2i)'
}
