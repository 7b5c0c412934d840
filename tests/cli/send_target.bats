#!/usr/bin/env bats
# Targets: files, profiles, credentials; and what usage errors look like.

# start_stub sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC2034,SC2209

load common

FOUR=0102000011000000f90400000000000000

setup() {
    servers=()
    cd "$BATS_TEST_TMPDIR" || return 1
    export HOME=$BATS_TEST_TMPDIR USER=me
    mkdir -p .config/kq
}

# The credentials of the latest login.
login() { head -1 stub.out | xxd -r -p | head -c -2; }

@test "a string is appended to a file as it is" {
    run kq-send :dir/sub/log 'one'
    assert_success
    run kq-send :dir/sub/log $'two\n'
    assert_success
    assert_equal "$(cat dir/sub/log)" "onetwo"
}

@test "-a appends lines, a list of strings one each" {
    run kq-send -a :log one
    assert_success
    run kq-send -a -I q :log '("two";"three")'
    assert_success
    assert_equal "$(cat log)" $'one\ntwo\nthree'
}

@test "bytes and lists go to a file as q writes them" {
    run kq-send -I q :log 0x2324
    assert_success
    assert_equal "$(xxd -p log)" 2324
    rm log
    # A tickerplant log entry: one item of a list, without any header.
    run kq-send -I q :log 'enlist(`upd;1i)'
    assert_success
    assert_equal "$(xxd -p log)" 000002000000f575706400fa01000000
    run kq-send -I q :log '1 2'
    assert_failure 2
    assert_output --partial type
}

@test "standard input is appended to a file unchanged" {
    run bash -c "printf 'a\nb\n\n' | kq-send :log"
    assert_success
    assert_equal "$(xxd -p log)" 610a620a0a
}

@test "a file that cannot be written is 9" {
    mkdir -m 500 locked
    run kq-send :locked/log x
    if [ "$(id -u)" -ne 0 ]; then assert_failure 9; fi
    run kq-send :/proc/version x
    assert_failure 9
    run bash -c 'kq-send :/dev/full x'
    assert_failure 9
    assert_output --partial "No space left"
}

@test "a fifo handle is refused with a hint" {
    run kq-send fifo://x y
    assert_failure 2
    assert_output --partial "kq-pipe"
}

@test "@NAME is a profile, @ the default one" {
    start_stub login read send=$FOUR login read send=$FOUR
    printf '[default]\ntarget=:1\n[p]\ntarget=localhost:%s\nuser=ann\nformat=csv\n' "$port" >.config/kq/config
    run kq-send @p x
    assert_output $'4'
    assert_equal "$(login)" "ann"
    run kq-send @ x
    assert_failure 3
    run kq-send @nobody x
    assert_failure 2
    assert_output --partial "no profile 'nobody'"
}

@test "a password in a profile needs a private file" {
    start_stub login read send=$FOUR
    printf '[p]\ntarget=:%s\nuser=ann\npassword=pw\n' "$port" >.config/kq/config
    chmod 644 .config/kq/config
    run kq-send @p x
    assert_failure 2
    assert_output --partial "chmod 600"
    chmod 600 .config/kq/config
    run kq-send @p x
    assert_output 4
    assert_equal "$(login)" "ann:pw"
}

@test "KQ_TARGET, KQ_USER, KQ_FORMAT and KQ_TIMEOUT are defaults" {
    start_stub login read send=$FOUR close login read stall
    export KQ_TARGET=:$port KQ_USER=eve KQ_FORMAT=json KQ_TIMEOUT=100ms
    run kq-send @ x
    assert_output 4
    assert_equal "$(login)" eve
    run kq-send -u x @ x
    assert_failure 5
    assert_output --partial '"kind":"timeout"'
    KQ_FORMAT=nonsense run kq-send @ x
    assert_failure 2
    assert_output --partial KQ_FORMAT
}

@test "the user is \$USER when nobody says otherwise" {
    start_stub login read send=$FOUR
    run kq-send ":$port" x
    assert_equal "$(login)" me
}

@test "the credentials file knows passwords" {
    start_stub login read send=$FOUR
    printf '# host:port:user:password\nelse:*:*:no\nlocalhost:*:bob:s3:c\\\\ret\n' >.config/kq/credentials
    chmod 600 .config/kq/credentials
    run --separate-stderr kq-send -v ":$port" x
    assert_output 4
    assert_equal "$(login)" 'bob:s3:c\ret'
    [[ $stderr == *"credentials line 3"* ]]
    [[ $stderr != *s3* ]]
    chmod 640 .config/kq/credentials
    run kq-send ":$port" x
    assert_failure 9
    assert_output --partial "chmod 600"
}

@test "password files, descriptors and KQ_PASSWORD" {
    printf 'fromfile\nmore\n' >pw
    start_stub login read send=$FOUR
    run kq-send --password-file=pw ":$port" x
    assert_equal "$(login)" me:fromfile
    start_stub login read send=$FOUR
    run kq-send --password-fd=7 ":$port" x 7<<<fromfd
    assert_equal "$(login)" me:fromfd
    start_stub login read send=$FOUR
    KQ_PASSWORD=env run kq-send ":$port" x
    assert_equal "$(login)" me:env
    mkdir creds
    printf '*:*:svc:cred\n' >creds/kq
    start_stub login read send=$FOUR
    CREDENTIALS_DIRECTORY=$PWD/creds run kq-send ":$port" x
    assert_equal "$(login)" svc:cred
}

@test "-W asks on the terminal" {
    start_stub login read send=$FOUR
    mkfifo keys screen
    exec 7<>keys 8<>screen
    script -fqec "kq-send -W :$port x" /dev/null <keys >screen 3>&- 7>&- 8>&- &
    local pid=$!
    # What is typed before the prompt is dropped, so wait for its colon.
    read -r -d : -u 8
    assert_equal "$REPLY" "Password of me at localhost"
    echo typed >&7
    exec 7>&-
    wait $pid
    assert_equal "$(login)" me:typed
    echo END >&8
    run sed '/END/q' <&8
    exec 8>&-
    refute_output --partial typed
    assert_line --partial 4
}

@test "a password on the command line is hidden and warned about" {
    mkfifo stub.out
    exec 8<>stub.out
    start_stub login read stall
    kq-send "localhost:$port:bob:hush" x 2>err 3>&- 8>&- &
    local pid=$!
    # The stub prints login and query once it has read them.
    read -r -u 8 && read -r -u 8
    exec 8>&-
    run tr '\0' ' ' <"/proc/$pid/cmdline"
    kill $pid
    wait $pid || true
    assert_output --partial "localhost:$port:bob:"
    refute_output --partial hush
    run cat err
    assert_output --partial "warning: a password on the command line"
    run kq-send -q "localhost:1:bob:hush" x
    assert_output "kq-send: localhost:1: connection refused"
}

@test "--debug-config tells settings and where they come from" {
    printf '[p]\ntarget=db:5010:u:tpw\ntimeout=7s\n' >.config/kq/config
    export KQ_COLOR=never
    run kq-send --debug-config -j @p
    assert_success
    assert_line "target = db:5010"
    assert_line "login = u"
    assert_line "password = ****  (target)"
    assert_line "timeout = 7s  (profile)"
    assert_line "color = never  (environment)"
    assert_line "connect-timeout = 5s  (default)"
    refute_output --partial tpw
}

@test "--help is on stdout, exits 0, and fits 80 columns" {
    local args
    for args in --help -h '--bogus --help' '-h --bogus' ':1 -h'; do
        # shellcheck disable=SC2086
        run --separate-stderr kq-send $args
        assert_success
        [ -z "$stderr" ]
        assert_line --index 0 --partial "Usage: kq-send"
    done
    [ -z "$(awk 'length > 80' <<<"$output")" ]
    run bash -c 'kq-send --help | grep -c "$(printf "\033")"'
    assert_output 0
    run env TERM=xterm script -qec 'kq-send --help' /dev/null
    assert_output --partial $'\033[1mExamples:'
}

@test "no arguments: short help on stderr, 2" {
    run --separate-stderr kq-send
    assert_failure 2
    assert_output ""
    [[ $stderr == "Usage: kq-send"*"Try 'kq-send --help'"* ]]
}

@test "mistakes are one line, a hint, and 2" {
    run --separate-stderr kq-send --formt=csv :1 x
    assert_failure 2
    assert_output ""
    assert_equal "$stderr" "kq-send: unknown option '--formt'; did you mean '--format'?
Try 'kq-send --help' for more information."
    run kq-send host:port:x 1
    assert_failure 3
    run kq-send nonsense 1
    assert_failure 2
}

@test "--version and its short form" {
    run kq-send --version
    assert_success
    assert_line --index 0 --regexp '^kq-send \(kq\) [0-9]+\.[0-9]+\.[0-9]+$'
    assert_line --index 1 --partial libevent
    run kq-send --version=short
    assert_output --regexp '^[0-9]+\.[0-9]+\.[0-9]+$'
}

@test "completions are shell" {
    kq-send -C bash >c.bash
    run bash -c 'source c.bash; COMP_WORDS=(kq-send --for); COMP_CWORD=1; _kq_send; echo "${COMPREPLY[@]}"'
    assert_output --format
    run bash -c 'source c.bash; COMP_WORDS=(kq-send -F cs); COMP_CWORD=2; _kq_send; echo "${COMPREPLY[@]}"'
    assert_output csv
    run bash -c 'source c.bash; COMP_WORDS=(kq-send --color = a); COMP_CWORD=3; _kq_send; echo "${COMPREPLY[@]}"'
    assert_output "auto always"
    printf '[prod]\ntarget=:1\n[uat]\ntarget=:2\n' >.config/kq/config
    run bash -c 'source c.bash; COMP_WORDS=(kq-send @p); COMP_CWORD=1; _kq_send; echo "${COMPREPLY[@]}"'
    assert_output @prod
    run kq-send -C tcsh
    assert_failure 2
}
