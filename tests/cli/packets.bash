# packets.bash - captures made by hand: load packets
# shellcheck shell=bash disable=SC2034

# Hex of the messages that the tests send.
login=753a7077 # u:pw
ask=01010000110000000a0003000000322b32 # sync "2+2"
answer=010200000d000000fa04000000 # 4i
failure=010200000e000000807479706500 # 'type
update=010000001b000000000003000000f575706400f57400fa01000000 # (`upd;`t;1i)

now=0

# capture_start: the header of a pcap file, Ethernet, microseconds.
capture_start() {
    now=0
    xxd -r -p <<<'d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000'
}

le32() { printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }

# packet c|s SEQ ACK FLAGS [HEX [CUT]]: a TCP segment of 10.0.0.1:4000 (c) or 10.0.0.2:5010 (s), a
# millisecond after the one before; FLAGS are S A F R.  CUT leaves out bytes at the end, as a
# snapshot length does.
packet() {
    local from=$1 seq=$2 ack=$3 flags=0 hex=${5:-} cut=${6:-0} ip tcp n
    [[ $4 != *F* ]] || flags=$((flags | 1))
    [[ $4 != *S* ]] || flags=$((flags | 2))
    [[ $4 != *R* ]] || flags=$((flags | 4))
    [[ $4 != *A* ]] || flags=$((flags | 16))
    n=$((${#hex} / 2))
    if [ "$from" = c ]; then
        ip=0a0000010a000002 tcp=0fa01392
    else
        ip=0a0000020a000001 tcp=13920fa0
    fi
    now=$((now + 1000))
    {
        le32 1704164645
        le32 $now
        le32 $((54 + n - cut))
        le32 $((54 + n))
        printf '%024d0800' 0
        printf '4500%04x00000000400600%02x%s' $((40 + n)) 0 "$ip"
        printf '%s%08x%08x50%02xffff00000000' "$tcp" "$seq" "$ack" $flags
        printf '%s' "${hex:0:$(((n - cut) * 2))}"
    } | xxd -r -p
}

# The beginning of a connection: SYN, SYN, login, capability.  The client goes on at 1007, the
# server at 2002.
open_connection() {
    packet c 1000 0 S
    packet s 2000 1001 SA
    packet c 1001 2001 A "${login}0300"
    packet s 2001 1007 A 03
}
