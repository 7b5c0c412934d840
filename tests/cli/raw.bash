# raw.bash - a client of bytes on descriptor 7: load raw
# shellcheck shell=bash disable=SC2154

# raw_open: connect to $port
raw_open() {
    exec 7<>"/dev/tcp/127.0.0.1/$port"
}

raw_close() {
    exec 7>&-
}

# raw_send HEX...: send these bytes in one piece
raw_send() {
    xxd -r -p <<<"$*" >&7
}

# raw_login: log in without a user and with capability 3; the server grants it
raw_login() {
    raw_send 0300
    [ "$(raw_read 1)" = 03 ]
}

# raw_read N: print N bytes as hex
raw_read() {
    head -c "$1" <&7 | xxd -p | tr -d '\n'
}

# raw_rest: print what comes until the server closes
raw_rest() {
    xxd -p <&7 | tr -d '\n'
}

# text STRING: the bytes of a char vector of up to 255 characters
text() {
    printf '0a00%02x000000%s' ${#1} "$(printf %s "$1" | xxd -p | tr -d '\n')"
}
