#!/usr/bin/env bats
# page.bats - the page of kq-listen in headless Chromium: typed at, sorted, in the dark, on a phone.

# start_listen sets it.
# shellcheck disable=SC2154,SC2016

load ../cli/common

@test "a browser on the page" {
    program=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        skip "no Chromium"
    cat >page.q <<'Q'
t:([]n:10 9 2 1;s:`d`b`c`a)
markup:([]a:enlist"<b>bold</b>")
wide:flip(`$"column",/:string til 30)!30#enlist til 3
f:{[a;b]a+b}
Q
    start_listen --log none page.q
    run node "$BATS_TEST_DIRNAME/page.js" "$program" "$port"
    assert_success
    assert_output 'names: markup 1 row, t 4 rows, wide 3 rows, f[a;b]
asked: select from t where n>1
rows: 3 rows
as it came: 10 9 2
ascending: 2 9 10 / c b d
descending: 10 9 2
by name: b c d, sorted is s
link: markup 1 row
before: select from t where n>1
error: '\''type
escaped: <b>bold</b> 0
contrast light /: good
contrast light /?t: good
contrast light /?1%2B%60a: good
contrast dark /: good
contrast dark /?t: good
contrast dark /?1%2B%60a: good
phone /: 360 wide
phone /?t: 360 wide
phone /?wide: 360 wide
phone /?%22x%22: 360 wide
without a script: 42'
}
