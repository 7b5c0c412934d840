#!/usr/bin/env bats
# tick.bats - a small tickerplant in q under kq-listen: kq-pipe feeds it, kq-send subscribes.

# start_listen sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

bats_require_minimum_version 1.5.0
load common

# Wait until somebody subscribes: the subscription is made before anything is published.
until_subscribed() {
    until [ "$(kq-send ":$port" 'count .u.subs')" -ge "$1" ]; do :; done
}

@test "a subscriber gets the rows of its symbols, and the end of the day" {
    start_listen --log none "$BATS_TEST_DIRNAME/tick.q"
    kq-send -S -c 3 -F q ":$port" '.u.sub[`trade;`a`b]' >subs 3>&- &
    local subscriber=$!
    until_subscribed 1
    run kq-pipe -t trade -Y NSFJ --call .u.upd ":$port" <<<$'0D09:30:00,a,1.5,100\n0D09:30:01,c,2.5,200\n0D09:30:02,b,3.5,300'
    assert_success
    run kq-send ":$port" 'count trade'
    assert_output 3
    kq-send ":$port" '.u.upd[`trade;(enlist 0D10:00;enlist`a;enlist 9f;enlist 7)]'
    kq-send -a --confirm ":$port" '.u.end 2026.11.21'
    wait $subscriber
    run cat subs
    assert_line --index 0 '(`trade;+`time`sym`price`size!(`timespan$();`symbol$();`float$();`long$()))'
    assert_line --index 1 '(`upd;`trade;+`time`sym`price`size!(0D09:30:00.000000000 0D09:30:02.000000000;`a`b;1.5 3.5;100 300))'
    assert_line --index 2 '(`upd;`trade;+`time`sym`price`size!(,0D10:00:00.000000000;,`a;,9f;,7))'
    assert_line --index 3 '(`.u.end;2026.11.21)'
    run kq-send ":$port" 'count trade'
    assert_output 0
}

@test "everybody gets everything with a null symbol; a table that is not there is an error" {
    start_listen --log none "$BATS_TEST_DIRNAME/tick.q"
    kq-send -S -c 1 -F none ":$port" '.u.sub[`quote;`]' 3>&- &
    local one=$!
    kq-send -S -c 1 -F q ":$port" '.u.sub[`quote;`]' >two 3>&- &
    local other=$!
    until_subscribed 2
    kq-send ":$port" '.u.upd[`quote;([]time:2#0D10;sym:`x`y;bid:1 2f;ask:2 3f)]'
    wait $one
    wait $other
    run cat two
    assert_line --index 1 '(`upd;`quote;+`time`sym`bid`ask!(0D10:00:00.000000000 0D10:00:00.000000000;`x`y;1 2f;2 3f))'
    run --separate-stderr kq-send ":$port" '.u.sub[`nosuch;`]'
    assert_failure 4
    assert_equal "$stderr" "'nosuch"
}

# rows FILE: how many rows the upd messages of trade in a subscriber's JSON lines had.
rows() {
    jq -s 'map(objects | select(.fn == "upd" and .table == "trade") | .value[2] | length) | add' "$1"
}

@test "a feed at full rate reaches two subscribers, each with its own symbols, before the day ends" {
    start_listen --log none "$BATS_TEST_DIRNAME/tick.q"
    kq-send -S -F json ":$port" '.u.sub[`trade;`]' >all 3>&- &
    local all=$!
    kq-send -S -F json ":$port" '.u.sub[`trade;`s3`s7]' >some 3>&- &
    local some=$!
    until_subscribed 2
    seq 0 19999 | sed 's/.*\(.\)$/0D10,s\1,1.5,&/' >lines
    run kq-pipe -b 500 -t trade -Y NSFJ --call .u.upd ":$port" <lines
    assert_success
    run kq-send ":$port" '(count trade;sum trade`size)'
    assert_output '20000 199990000'
    kq-send ":$port" '.u.end 2026.11.21'
    run kq-send ":$port" 'hclose each s:distinct .u.subs`handle;count trade'
    assert_output 0
    wait $all || true # the connection is lost
    wait $some || true
    assert_equal "$(rows all)" 20000
    assert_equal "$(rows some)" 4000
    assert_equal "$(tail -n 1 all | jq -r .fn)" .u.end
    assert_equal "$(tail -n 1 some | jq -r .fn)" .u.end
}
