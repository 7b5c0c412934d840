#!/bin/bash
# Runs the codec over frames that other implementations made: run.sh DIR, where DIR holds
# objects.tsv, malformed.tsv and FORMAT.md, which describes them.  The programs are taken from
# $KQ_BUILD (build/ when unset); the last line is "N passed, N failed".
set -u
dir=${1:?usage: run.sh DIR}
root=$(dirname "$(readlink -f "$0")")/../..
build=${KQ_BUILD:-$root/build}
if [ ! -x "$build/conformance" ]; then
    make -s -C "$root" "BUILD=$build" "$build/conformance" || exit 2
fi
exec "$build/conformance" "$dir"
