#!/usr/bin/env bats
# The prompt of kq-send, at a terminal and behind a pipe.

# start_listen and start_stub set port, the term_ functions seen; `a is q.
# shellcheck disable=SC2154,SC2016

bats_require_minimum_version 1.5.0
load common
load terminal

FOUR=0102000011000000f90400000000000000
FIVE=0102000011000000f90500000000000000
PUSH=010000000d000000fa2a000000
# `quote`trade`trades
NAMES=01020000210000000b000300000071756f74650074726164650074726164657300
ACCESS=01020000100000008061636365737300

# prompt [OPTION]...: an interactive session with :$port that shows its prompt.
prompt() {
    term_start "exec kq-send :$port $*"
    term_see "localhost:$port>"
}

# ask QUERY ANSWER: type a line, see its answer and the next prompt.
ask() {
    term_type "$1\r"
    term_see "$2"
    term_see "localhost:$port>"
}

@test "a terminal without a query gets a prompt; \\\\ leaves it" {
    start_listen --log none
    prompt
    ask 1+1 $'\n2\r\n'
    ask 'til 5' $'\n0 1 2 3 4\r\n'
    term_type '\\\\\r'
    term_end
    assert_success
}

@test "^D leaves the prompt with status 0, whatever q errors there were" {
    start_listen --log none
    prompt --interactive
    ask '1+`a' $'\n\'type\r\n'
    ask 'nosuch' $'\n\'nosuch\r\n'
    ask 2+2 $'\n4\r\n'
    term_type '\x04'
    term_end
    assert_success
}

@test "assignments, lines that end in ; and (::) show nothing" {
    start_listen --log none
    prompt
    for query in 'a:1 2 3' 'a[0]:7' 'a,:9' '1+1;' '(::)' 'v::a' 'b:1;c:2' '/ words' ''; do
        term_type "$query\r"
        term_see "localhost:$port>"
        [[ $seen == *$'\n'"localhost:$port>" && ${seen//[^$'\n']/} == $'\n' ]] || fail "$query: ${seen@Q}"
    done
    ask 'a' $'\n7 2 3 9\r\n'
    ask 'b:1;a' $'\n7 2 3 9\r\n'
}

@test "open brackets and quotes go on in the next line" {
    start_listen --log none
    prompt
    term_type 'f:{\r'
    term_see ' >'
    term_type 'w:x+1;\r'
    term_see ' >'
    term_type 'w*2}\r'
    term_see "localhost:$port>"
    ask 'f 20' $'\n42\r\n'
    term_type '("a\r'
    term_see ' >'
    term_type 'b";\r'
    term_see ' >'
    ask '1)' $'\n"a\\nb"\r\n1\r\n'
}

@test "^C at the prompt drops what was typed so far" {
    start_listen --log none
    prompt
    term_type '(1;\r'
    term_see ' >'
    term_type 'garbage'
    term_see garbage
    term_type '\x03'
    term_see '^C'
    term_see "localhost:$port>"
    ask 3+3 $'\n6\r\n'
}

@test "results are cut to the size of the terminal" {
    start_listen --log none
    prompt
    ask 'til 1000' '..'
    [ "${#seen}" -lt 100 ] || fail "not cut to 80 columns: $seen"
    term_type '([]a:til 1000)\r'
    term_see $'\n..\r\n'
    [ "$(wc -l <<<"$seen")" -lt 25 ] || fail "not cut to 24 lines: $seen"
}

@test "-F chooses the format of results" {
    start_listen --log none
    prompt -F csv
    ask '([]a:1 2;b:`x`y)' $'\na,b\r\n1,x\r\n2,y\r\n'
}

@test "what the server sends by itself appears above the line being typed" {
    start_stub login read send=$FOUR read send=$PUSH$FIVE send=$PUSH stall
    prompt
    ask a $'\n4\r\n'
    term_type 'b\r'
    term_see $'42i\r\n'
    term_see $'5\r\n'
    term_see $'42i\r\n'
    term_see "localhost:$port>"
}

@test "a line half typed is still there below a push" {
    start_stub login read send=$ACCESS$PUSH read send=$FOUR stall
    prompt
    term_type 'abc\t' # asks for names, so that the stub has something to answer
    term_see $'42i\r\n'
    term_see "localhost:$port>abc"
    ask d $'\n4\r\n'
    assert_equal "$(sed -n 3p stub.out | xxd -r -p | tail -c 4)" 'abcd'
}

@test "the end of the server is noticed at the prompt, and the next line connects again" {
    start_stub login read send=$FOUR close login read send=$FIVE stall
    prompt
    ask a $'\n4\r\n'
    term_see 'kq-send: the next line connects again'
    term_see "localhost:$port>"
    ask b $'\n5\r\n'
    term_type '\x04'
    term_end
    assert_success
}

@test "a server that dies in the middle of a query is reported" {
    start_stub login read close login read send=$FIVE stall
    prompt
    ask a "kq-send: localhost:$port: "
    ask b $'\n5\r\n'
}

@test "a server that stays away is reported for each line" {
    start_stub login read send=$FOUR
    prompt
    ask a $'\n4\r\n'
    term_see 'connects again'
    term_see "localhost:$port>"
    ask b 'connection refused'
    ask c 'connection refused'
    term_type '\x04'
    term_end
    assert_success
}

@test "^C ends the wait and not the session; the late answer is dropped" {
    start_stub login read send=$PUSH read send=$FOUR$FIVE stall
    prompt
    term_type 'a\r'
    term_see 42i # the server has the query
    term_type '\x03'
    term_see 'the query may still be running on the server'
    term_see "localhost:$port>"
    term_type 'b\r'
    term_see 'dropped a late answer'
    term_see $'5\r\n'
    refute_regex "$seen" 4
}

@test "a late answer that comes at the prompt is dropped" {
    start_stub login read send=$PUSH read send=$FOUR$PUSH send=$FIVE stall
    prompt
    term_type 'a\r'
    term_see 42i
    term_type '\x03'
    term_see "localhost:$port>"
    term_type 'b\r'
    term_see 'dropped a late answer'
    term_see 42i
    term_see $'5\r\n'
}

@test "^C in the middle of an answer closes the connection" {
    start_stub login read "send=$PUSH${FOUR:0:20}" text close login read send=$FIVE stall
    prompt
    term_type 'a\r'
    term_see 42i
    term_type '\x03'
    term_see 'the rest of the answer is not read'
    term_see "localhost:$port>"
    ask b $'\n5\r\n'
}

@test "--timeout limits each answer" {
    start_stub login read read send=$FOUR$FIVE stall
    prompt -T 1s
    ask a 'no answer within 1s'
    term_type 'b\r'
    term_see 'dropped a late answer'
    term_see $'5\r\n'
}

@test "TAB completes names that the server knows" {
    start_stub login read send=$NAMES read send=$FOUR stall
    prompt
    term_type 'q\t'
    term_see uote
    term_type ' tr\t'
    term_see ade
    term_type '\t'
    term_see $'trade   trades\r\n'
    term_see "localhost:$port>quote trade"
    ask s $'\n4\r\n'
    assert_equal "$(sed -n 3p stub.out | xxd -r -p | tail -c 12)" 'quote trades'
}

@test "a server that cannot tell its names gives no completion and no error" {
    start_stub login read send=$ACCESS read send=$FOUR stall
    prompt
    term_type 'tr\t'
    term_see $'\a'
    refute_regex "$seen" access
    term_type '\t'
    term_see $'\a'
    ask x $'\n4\r\n'
    assert_equal "$(sed -n 3p stub.out | xxd -r -p | tail -c 3)" 'trx'
}

@test "kq-listen tells keywords, variables, functions and columns" {
    start_listen --log none
    prompt
    ask 'aLongVariable:1;aLongFunction:{x}' ''
    term_type 'aLongV\t'
    term_see ariable
    ask '' $'\n1\r\n'
    term_type 'aLongF\t'
    term_see unction
    ask ' 5' $'\n5\r\n'
    ask 'defined:3;tab:([]someColumn:1 2)' ''
    term_type 'defi\t'
    term_see ned
    ask '' $'\n3\r\n'
    term_type 'exec someC\t'
    term_see olumn
    ask ' from tab' $'\n1 2\r\n'
    term_type 'reciproc\t'
    term_see al
    ask ' 4' $'\n0.25\r\n'
    term_type '.z.ex\t'
    term_see it
}

@test "the history is kept for its owner, without passwords" {
    start_listen --log none
    prompt
    ask 1+1 $'\n2\r\n'
    ask 'password:"x"' ''
    ask 'h:`:host:5010:me:x' ''
    ask ' 5+5' $'\n10\r\n'
    term_type '(1;\r'
    term_see ' >'
    ask '2)' $'\n1 2\r\n'
    term_type '\x04'
    term_end
    assert_equal "$(stat -c %a state/kq/history)" 600
    assert_equal "$(stat -c %a state/kq)" 700
    assert_equal "$(cat state/kq/history)" $'1+1\n(1;\001 2)'
}

@test "the history is recalled in the next session" {
    start_listen --log none
    mkdir -p state/kq
    printf '6*7\n(3;\001 4)\n' >state/kq/history
    prompt
    term_type '\x1b[A\r'
    term_see $'\n3 4\r\n'
    term_see "localhost:$port>"
    term_type '\x1b[A\x1b[A\r'
    term_see $'\n42\r\n'
}

@test "a history that grew too long keeps its newest entries" {
    start_listen --log none
    mkdir -p state/kq
    seq 1 2500 >state/kq/history
    prompt
    term_type '\x1b[A'
    term_see 2500
    assert_equal "$(wc -l <state/kq/history)" 1000
    assert_equal "$(head -1 state/kq/history)" 1501
    assert_equal "$(stat -c %a state/kq/history)" 600
}

@test "without line editing lines are as the terminal gives them" {
    start_listen --log none
    prompt --interactive=plain
    ask 1+1 $'\r\n2\r\n'
    refute_regex "$seen" $'\e'
    term_type '(1;\r'
    term_see ' >'
    term_type '\x03'
    term_see "localhost:$port>"
    ask 2+2 $'\r\n4\r\n'
    term_type '\x04'
    term_end
    assert_success
}

@test "a dumb terminal gets plain lines" {
    start_listen --log none
    TERM_TYPE=dumb prompt
    ask 1+1 $'\r\n2\r\n'
    refute_regex "$seen" $'\e'
}

@test "SIGTERM ends the session and leaves the terminal as it was" {
    start_listen --log none
    term_start "stty -g; sh -c 'echo pid=\$\$.; exec kq-send :$port'; echo status=\$?; stty -g; echo end"
    term_see $'\n'
    local modes=$seen
    term_see pid=
    term_see .
    local pid=${seen%.}
    term_see "localhost:$port>"
    kill "$pid"
    term_see $'status=143\r\n'
    term_see $'\n'
    assert_equal "$seen" "$modes"
}

@test "^Z stops the program with the terminal as it was, and it goes on" {
    start_listen --log none
    term_start "bash -c 'set -m; stty -g; kq-send :$port; stty -g; fg >/dev/null'"
    term_see $'\n'
    local modes=$seen
    term_see "localhost:$port>"
    term_type 'til'
    term_see til
    term_type '\x1a'
    term_see "${modes%$'\r\n'}"
    term_see "localhost:$port>til"
    ask ' 3' $'\n0 1 2\r\n'
}

@test "another size of the window is noticed" {
    start_listen --log none
    mkfifo resize resized
    exec 8<>resize 9<>resized
    term_start "exec 7<&0; { read -r _; stty rows 12 cols 40 <&7; echo done >resized; } <resize & kq-send :$port"
    term_see "localhost:$port>"
    ask 'til 1000' $'..\r\n'
    echo now >&8
    read -r -t "${TERM_PATIENCE:-60}" -u 9
    term_type 'til 1000\r'
    term_see $'..\r\n'
    line=${seen##*$'\n0 '}
    [ "${#line}" -lt 40 ] || fail "not cut to 40 columns: $line"
    term_see "localhost:$port>"
    term_type '([]a:til 1000)\r'
    term_see $'\n..\r\n'
    [ "$(wc -l <<<"$seen")" -lt 13 ] || fail "not cut to 12 lines: $seen"
}

@test "a pipe gets no prompt, and the first error is the exit status" {
    start_listen --log none
    run --separate-stderr kq-send --interactive ":$port" <<<$'1+1\na:3\nf:{\nx+a}\n1+`a\nf 4'
    assert_failure 4
    assert_output $'2\n7'
    assert_equal "$stderr" "'type"
    run kq-send --interactive ":$port" <<<$'1+1;\na'
    assert_success
    assert_output 3
}

@test "a pipe that ends in the middle of an entry leaves the complaint to the server" {
    start_listen --log none
    run --separate-stderr kq-send --interactive ":$port" <<<$'1+1\n(1;'
    assert_failure 4
    assert_output 2
}

@test "a pipe's session ends with its connection" {
    start_stub login read send=$FOUR read close login read send=$FIVE
    run --separate-stderr kq-send --interactive ":$port" <<<$'a\nb\nc'
    assert_failure 8
    assert_output 4
}

@test "the end of the server ends a pipe's session although the pipe is open" {
    start_stub login read send=$FOUR close
    mkfifo lines
    exec 8<>lines
    echo a >&8
    run --separate-stderr kq-send --interactive ":$port" <lines 8>&-
    exec 8>&-
    assert_failure 8
    assert_output 4
}

@test "files and /dev/null are input too" {
    start_listen --log none
    printf '1+1\n2+2' >queries.q
    run kq-send --interactive ":$port" <queries.q
    assert_success
    assert_output $'2\n4'
    run kq-send --interactive ":$port" </dev/null
    assert_success
    assert_output ''
}

@test "-j keeps errors in JSON" {
    start_listen --log none
    run --separate-stderr kq-send --interactive -j ":$port" <<<$'1 2\nnosuch'
    assert_failure 4
    assert_output '[1,2]'
    assert_regex "$stderr" '"error":"nosuch"'
}

@test "no server at the start is an error" {
    run kq-send --interactive :1 </dev/null
    assert_failure 3
}

@test "--interactive refuses what asks for something else" {
    for other in '--async' '--subscribe' '-l' '-e x' '--ping' '-r 2' '-s' '--qcon' '-w f' '--call f'; do
        # shellcheck disable=SC2086
        run kq-send --interactive $other :1
        assert_failure 2
        assert_output --partial 'does not go with'
    done
    run kq-send --interactive :1 1+1
    assert_failure 2
    run kq-send --interactive :./file
    assert_failure 2
}
