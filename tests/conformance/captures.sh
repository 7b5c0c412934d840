#!/bin/bash
# Decodes captures of other implementations and compares every message with what its sender said
# it was: captures.sh DIR, where DIR holds NAME.pcap, .pcapng or .gz of them with NAME.expect.tsv
# beside each (see FORMAT.md there).  A line for each failure; the last one is "N passed, N failed".
#
# Compared are connection, ends, direction, kind, byte order, sizes and time of each message that
# the capture has whole, and its value where the sender gave one.
set -u
dir=${1:?usage: captures.sh DIR}
dump=${KQ_BUILD:-build}/kq-dump
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Connection, direction, client, server, kind, byte order, compressed, sizes, time, value.
expected() {
    awk -F '\t' -v OFS='\t' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["captured"] != "full" { next }
    {
        type = $at["type"]; sub("console-text", "text", type)
        message = type ~ /^(async|sync|response)$/
        print $at["conn"], $at["dir"], $at["client"], $at["server"], type, $at["endian"],
            message ? $at["compressed"] : "", $at["length"], message ? $at["uncompressed_length"] : "",
            $at["time_first"], message ? text($at["q_text"]) : "",
            $at["n"]
    }
    # The end of a long value is left out.
    function text(value) { sub(/[.][.][.]$/, "", value); return value }
    ' "$1"
}

decoded() {
    "$dump" -F tsv --time-format epoch \
        --fields conn,src,client,server,kind,endian,size,zsize,time,missing,value "$1" 2>"$work/err" |
    awk -F '\t' -v OFS='\t' '
    NR == 1 || $5 == "note" || $10 != "" { next }
    {
        message = $5 ~ /^(async|sync|response)$/
        sub(/^ */, "", $9)
        if ($11 ~ /^"/) { $11 = substr($11, 2, length($11) - 2); gsub(/""/, "\"", $11) }
        $11 = substr($11, 1, 160)
        print $1, ($2 == $3 ? "c>s" : "s>c"), $3, $4, $5, $6 == "big" ? "BE" : $6 == "little" ? "LE" : "",
            message ? ($8 != "") + 0 : "", $8 != "" ? $8 : $7, message ? $7 : "", $9, message ? $11 : ""
    }'
}

passed=0 failed=0
for want in "$dir"/*.expect.tsv; do
    name=${want##*/}
    name=${name%.expect.tsv}
    for capture in "$dir/$name".pcap "$dir/$name".pcapng "$dir/$name".pcap.gz "$dir/$name".pcapng.gz; do
        [ -e "$capture" ] || continue
        # In the order of each direction; a value the sender did not give, or cut, agrees with any
        # that begins so.
        expected "$want" | sort -t $'\t' -k1,1n -k2,2 -k12,12n | cut -f 1-11 >"$work/want"
        decoded "$capture" | sort -s -t $'\t' -k1,1n -k2,2 >"$work/got"
        awk -F '\t' -v name="$name" '
        function head(line) { sub(/\t[^\t]*$/, "", line); return line }
        NR == FNR { want[++n] = $0; next }
        { got[++m] = $0 }
        END {
            for (i = 1; i <= (n > m ? n : m); i++) {
                split(want[i], w, "\t"); split(got[i], g, "\t")
                same = head(want[i]) == head(got[i]) && substr(g[11], 1, length(w[11])) == w[11]
                if (same) { ok++; continue }
                bad++
                if (bad <= 3) printf "FAIL %s: message %d\n  want %s\n  got  %s\n", name, i, want[i], got[i]
            }
            print ok + 0, bad + 0
        }' "$work/want" "$work/got" >"$work/verdict"
        grep -v '^[0-9]* [0-9]*$' "$work/verdict"
        read -r ok bad < <(tail -n 1 "$work/verdict")
        passed=$((passed + ok)) failed=$((failed + bad))
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
