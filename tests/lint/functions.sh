#!/bin/bash
# Functions are short and files are not long: at most 700 lines in a file, one function in a hundred
# over 100 lines, nine of ten at most 45.  Prints the figures also when they are fine.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
mapfile -t files < <(find libcommon cmd -name '*.c' 2>/dev/null | sort)

# A function body stands between a "{" and a "}" in the first column; its name is in the line above
# the "{" that starts in the first column.  Size: the lines between the braces.
sizes=$(awk '
FNR == 1 { start = 0; head = "" }
/^[A-Za-z_]/ { head = $0 }
/^{/ { start = FNR; name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^}/ && start { printf "%d %s:%d %s\n", FNR - start - 1, FILENAME, start, name; start = 0 }
' "${files[@]}" </dev/null | sort -n)

for f in "${files[@]}"; do
    n=$(wc -l <"$f")
    [ "$n" -le 700 ] || { echo "$f:700: $n lines, at most 700"; bad=1; }
done

echo "$sizes" | awk '
NF { size[++n] = $1; what[n] = $2 " " $3 }
END {
    if (!n) exit 0
    while (over < n && size[n - over] > 100) over++
    p90 = size[int((n * 9 + 9) / 10)]
    printf "%d functions: median %d lines, p90 %d, %d over 100, longest %d (%s)\n",
        n, size[int((n + 1) / 2)], p90, over, size[n], what[n]
    if (p90 > 45 || over * 100 > n) {
        for (i = n; i > 0 && size[i] > (over * 100 > n ? 100 : 45); i--)
            printf "%s: %d lines\n", what[i], size[i]
        exit 1
    }
}' || bad=1
exit $bad
