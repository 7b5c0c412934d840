#!/bin/bash
# Runs benchmarks and prints one table: run.sh BUILD ITEM...
# An item is a program or a script; it prints rows as bench_row of lib.h (or lib.bash) does.
set -u
build=$(realpath "$1")
shift
export KQ_BUILD=$build PATH=$build:$build/bench:$PATH LC_ALL=C
printf '%-40s %12s %-8s %s\n' name median unit ratio
failed=0
for item in "$@"; do
    "$item" </dev/null || { echo "$item: exit status $?" >&2; failed=1; }
done
exit $failed
