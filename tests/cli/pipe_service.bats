#!/usr/bin/env bats
# kq-pipe as a service: what systemd is told, credentials, the unit of the manual, signals.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load common

# What arrives at a socket as systemd's, a message a line, on descriptor 5.
listen_notify() {
    mkfifo told
    perl -MIO::Socket::UNIX -MSocket -e '
        my $path = $ARGV[0];
        $path =~ s/^@/\0/;
        my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "$path: $!";
        $| = 1;
        print "listening\n";
        while (defined recv($s, my $m, 4096, 0)) { print "$m\n"; last if $m =~ /STOPPING/ }' "$1" >told 3>&- &
    servers+=($!)
    exec 5<told
    read -r line <&5
    [ "$line" = listening ]
}

@test "systemd is told when reading begins and ends" {
    for socket in "$BATS_TEST_TMPDIR/notify" "@kq-notify-$$"; do
        rm -f told fifo
        listen_notify "$socket"
        start_listen --log none
        mkfifo fifo
        NOTIFY_SOCKET=$socket kq-pipe -q -t t -Y J --reopen ":$port" fifo 3>&- 5<&- &
        feeder=$!
        read -r line <&5
        assert_equal "$line" READY=1
        kill -TERM "$feeder"
        read -r line <&5
        assert_equal "$line" STOPPING=1
        wait "$feeder" || status=$?
        assert_equal "$status" 143
        exec 5<&-
    done
}

@test "nobody is told while no server has been reached" {
    listen_notify "$BATS_TEST_TMPDIR/notify"
    start_stub refuse
    NOTIFY_SOCKET=$PWD/notify run kq-pipe -q -t t -Y J ":$port" </dev/null
    assert_failure 6
    start_listen --log none
    NOTIFY_SOCKET=$PWD/notify run kq-pipe -q -t t -Y J ":$port" </dev/null
    assert_success
    read -r line <&5
    assert_equal "$line" READY=1
}

@test "a credential of systemd is the login" {
    echo 'feed:s3cret:x' >users
    mkdir creds
    echo 'localhost:*:feed:s3cret:x' >creds/kq
    chmod 600 creds/kq
    start_listen --log none -U users
    run kq-pipe -q -t t --columns a:j ":$port" <<<1
    assert_failure 6
    CREDENTIALS_DIRECTORY=$PWD/creds run kq-pipe -q -t t --columns a:j ":localhost:$port:feed" <<<1
    assert_success
}

@test "over TLS, to a server whose certificate is trusted" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
        -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
    start_listen --log none -E 2 --cert cert.pem --key key.pem
    seq 50000 >in
    run kq-pipe -q -t t --columns a:j --cacert cert.pem "tcps://localhost:$port" in
    assert_success
    assert_equal "$(kq-send -F q --cacert cert.pem "tcps://localhost:$port" 'sum exec a from t')" 1250025000
    run kq-pipe -q -t t --columns a:j "tcps://localhost:$port" in
    assert_failure 3
    assert_output --partial 'not trusted'
}

@test "the unit of the manual is one that systemd takes" {
    command -v systemd-analyze >/dev/null || skip "systemd is not installed"
    sed -n '/^\[Unit\]/,/^\.Ed/p' "$BATS_TEST_DIRNAME/../../man/kq-pipe.1" |
        sed "/^\.Ed/d; s/\\\\e\$/\\\\/; s|/usr/bin/kq-pipe|$(command -v kq-pipe)|" >kq-metric.service
    grep -q '^ExecStart=.*kq-pipe' kq-metric.service
    run systemd-analyze verify "$PWD/kq-metric.service"
    assert_success
    assert_output ''
    # Its options are ours.
    words=$(sed -n '/^ExecStart=/,/[^\\]$/p' kq-metric.service | tr -d '\\\n' | sed 's/^ExecStart=[^ ]*//; s| /run/.*||')
    # shellcheck disable=SC2086
    run kq-pipe --debug-config $words
    assert_success
    assert_line --partial 'target = tp:5010'
}

@test "HUP opens a renamed file's successor, USR1 prints a line" {
    start_listen --log none
    mkfifo copy
    echo 1 >log
    kq-pipe -t t --columns a:j --follow --tee -c 3 ":$port" log >copy 2>err 3>&- &
    feeder=$!
    exec 5<copy
    read -r line <&5
    mv log log.1
    echo 2 >>log.1
    read -r line <&5
    assert_equal "$line" 2
    kill -USR1 "$feeder"
    until [ -s err ]; do kill -0 "$feeder"; done
    assert_equal "$(grep -c '^2 rows, ' err)" 1
    echo 3 >log
    kill -HUP "$feeder"
    wait "$feeder"
    assert_equal "$(kq-send -F q ":$port" 'exec a from t')" '1 2 3'
}

@test "HUP opens a fifo that was made anew" {
    start_listen --log none
    mkfifo fifo copy
    kq-pipe -q -t t --columns a:j --reopen --tee -c 3 ":$port" fifo >copy 3>&- &
    feeder=$!
    exec 5<copy
    echo 1 >fifo
    read -r line <&5
    rm fifo
    mkfifo fifo
    kill -HUP "$feeder"
    printf '2\n3\n' >fifo
    wait "$feeder"
    assert_equal "$(kq-send -F q ":$port" 'exec a from t')" '1 2 3'
}

teardown() {
    exec 5<&-
    stop_servers
}
