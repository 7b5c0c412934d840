#!/bin/bash
# Runs codec and kq-dump over what other implementations made: run.sh DIR, where DIR holds
# objects.tsv, malformed.tsv, FORMAT.md, which describes them, and perhaps captures/.  The programs
# are taken from $KQ_BUILD (build/ when unset); the last line is "N passed, N failed".
set -u
dir=${1:?usage: run.sh DIR}
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
export KQ_BUILD=${KQ_BUILD:-$root/build}
for program in conformance kq-dump; do
    [ -x "$KQ_BUILD/$program" ] || make -s -C "$root" "BUILD=$KQ_BUILD" "$KQ_BUILD/$program" || exit 2
done

passed=0 failed=0
# part COMMAND...: run it and add the numbers of its last line to ours.
part() {
    local p=0 f=1 out
    out=$("$@")
    sed '$d' <<<"$out"
    read -r p f < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<<"$out")
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
}
part "$KQ_BUILD/conformance" "$dir"
[ ! -d "$dir/captures" ] || part "$here/captures.sh" "$dir/captures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
