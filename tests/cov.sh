#!/bin/bash
# Summarises the coverage data of a build: cov.sh BUILD
# With gcovr installed its table, else gcov's figures added up for each folder and file.
set -u
build=$1
if command -v gcovr >/dev/null; then
    exec gcovr --root . --filter 'libcommon/' --filter 'cmd/' "$build"
fi
find "$build/obj/libcommon" "$build/obj/cmd" -name '*.gcno' 2>/dev/null | sort |
    while read -r note; do
        data=${note%.gcno}.gcda
        if [ -e "$data" ]; then gcov -n "$data"; else gcov -n "$note"; fi 2>/dev/null
    done | awk '
    /^File / { split($0, q, "\047"); file = q[2] }
    /^Lines executed:/ && file ~ /^(libcommon|cmd)\/.*[.]c$/ && !(file in seen) {
        seen[file] = 1
        split($0, x, /[:%]| of /)
        lines = x[4]; hit = int(x[2] * lines / 100 + 0.5)
        folder = file; sub(/\/[^\/]*$/, "", folder)
        total[folder] += lines; run[folder] += hit
        all += lines; allrun += hit
        printf "%6.1f%%  %5d of %5d  %s\n", 100 * hit / lines, hit, lines, file
    }
    END {
        print ""
        for (f in total) printf "%6.1f%%  %5d of %5d  %s/\n", 100 * run[f] / total[f], run[f], total[f], f | "sort -k 5"
        close("sort -k 5")
        if (all) printf "%6.1f%%  %5d of %5d  all\n", 100 * allrun / all, allrun, all
    }'
