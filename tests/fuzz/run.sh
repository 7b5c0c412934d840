#!/bin/bash
# Runs libFuzzer targets one after the other: run.sh BUILD SECONDS TARGET...
# New inputs stay in BUILD/corpus/TARGET for the next time, crashes go to BUILD/crashes.
set -u
build=$1 seconds=$2
shift 2
mkdir -p "$build/crashes"
failed=0
for target in "$@"; do
    corpus=$build/corpus/$target seeds=tests/fuzz/seeds/${target#fuzz_}
    mkdir -p "$corpus"
    [ -d "$seeds" ] || seeds=
    log=$build/corpus/$target.log
    if "$build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -verbosity=1 \
        -artifact_prefix="$build/crashes/$target-" "$corpus" ${seeds:+"$seeds"} >"$log" 2>&1; then
        printf 'ok    %-24s %s\n' "$target" "$(grep -a '^Done' "$log")"
    else
        printf 'FAIL  %-24s see %s\n' "$target" "$log"
        tail -n 40 "$log"
        failed=$((failed + 1))
    fi
done
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
