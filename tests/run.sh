#!/bin/bash
# Runs tests of every kind and adds up what they say.
#
#   run.sh BUILD ITEM...
#
# An item is a cmocka program (BUILD/tests/test_x), a fuzz target with its seeds (BUILD/fuzz/fuzz_x),
# a bats file or a lint script.  One line appears for each as it ends; the output of those that
# failed follows; the last line is "N passed, N failed".
set -u
build=$(realpath "$1")
shift

# Run one item with its output in LOG, and leave "passed failed skipped" in LOG.count.
run_one() {
    local item=$1 log passed failed skipped status
    local name=${item##*/}
    log=$RESULTS/$name.log
    case $item in
        *.bats) bats --tap "$item" >"$log" 2>&1 ;;
        */test_*) CMOCKA_MESSAGE_OUTPUT=TAP "$item" >"$log" 2>&1 ;;
        */fuzz_*) "$item" "tests/fuzz/seeds/${name#fuzz_}" >"$log" 2>&1 ;;
        *) "$item" >"$log" 2>&1 ;;
    esac </dev/null
    status=$?
    passed=$(grep -c '^ok ' "$log")
    failed=$(grep -c '^not ok ' "$log")
    skipped=$(grep -ci '^ok .*# skip' "$log")
    case $item in
        */lint/*.sh | */fuzz_*) [ "$status" -ne 0 ] || passed=1 ;;
    esac
    # A crash leaves no "not ok"; a program that ran nothing tests nothing.
    if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then
        failed=1
        echo "$name: exit status $status after $passed tests" >>"$log"
    fi
    echo "$((passed - skipped)) $failed $skipped" >"$log.count"
    if [ "$failed" -eq 0 ]; then
        # Lint scripts may have figures or a remark to show.
        case $item in */lint/*.sh) sed 's/^/      /' "$log" ;; esac
        printf 'ok    %-32s %4d%s\n' "$name" "$passed" "$([ "$skipped" -eq 0 ] || echo " ($skipped skipped)")"
    else
        printf 'FAIL  %-32s %4d of %d\n' "$name" "$failed" "$((passed + failed))"
    fi
}

if [ "${1-}" = --one ]; then
    run_one "$2"
    exit 0
fi

RESULTS=$build/results
rm -rf "$RESULTS"
mkdir -p "$RESULTS/home"
export RESULTS KQ_BUILD=$build
# The same surroundings on every machine: no user configuration, no time zone, no colours.
export PATH=$build:$PATH HOME=$RESULTS/home LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR NO_COLOR CLICOLOR_FORCE POSIXLY_CORRECT SSLKEYLOGFILE
unset "${!KQ_@}" MAKEFLAGS MFLAGS MAKELEVEL
export KQ_BUILD=$build
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}

if [ $# -gt 0 ]; then
    printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" "$0" "$build" --one
fi

passed=0 failed=0 skipped=0
for count in "$RESULTS"/*.count; do
    [ -e "$count" ] || continue
    read -r p f s <"$count"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -gt 0 ]; then
        log=${count%.count}
        printf '\n--- %s\n' "$(basename "$log" .log)"
        # Of a long report show what failed and what was said about it.
        if [ "$(wc -l <"$log")" -le 60 ]; then cat "$log"; else grep -v '^ok ' "$log" | tail -n 200; fi
    fi
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
