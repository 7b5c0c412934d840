#!/bin/bash
# Every header compiles alone and has its own guard (KQ_BASE_ERR_H for base/err.h), and every source
# file starts with the comment that says what it is.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${KQ_BUILD:-build}
bad=0

mapfile -t all < <(find libcommon cmd tests -name '*.[ch]' ! -path '*/node_modules/*' 2>/dev/null | sort)
awk 'FNR == 1 && !/^\/\*/ { print FILENAME ":1: does not start with a comment"; bad = 1 } FNR == 1 { nextfile }
     END { exit bad }' "${all[@]}" </dev/null || bad=1

mapfile -t headers < <(printf '%s\n' "${all[@]}" | grep '\.h$')
[ ${#headers[@]} -gt 0 ] || exit $bad

awk '
function unguarded() { if (guard != "") { printf "%s:1: no include guard %s\n", path, guard; bad = 1 } }
FNR == 1 {
    unguarded()
    path = FILENAME
    n = split(FILENAME, part, "/")
    folder = part[n - 1]; sub(/^kq-/, "", folder)
    if (folder == "unit") folder = "test"
    file = part[n]; sub(/[.]h$/, "", file)
    guard = toupper("KQ_" folder "_" file "_H"); gsub(/[^A-Z0-9_]/, "_", guard)
}
/^#ifndef/ {
    if ($2 != guard) { printf "%s:%d: guard %s should be %s\n", FILENAME, FNR, $2, guard; bad = 1 }
    guard = ""
    nextfile
}
/^#/ { nextfile }
END { unguarded(); exit bad }' "${headers[@]}" </dev/null || bad=1

# $1: folder to add to the include path, rest: headers
compile() {
    local inc=$1
    shift
    printf '%s\0' "$@" | xargs -0 -n 16 -P "$(nproc)" "${CC:-cc}" -std=c17 -D_GNU_SOURCE -fsyntax-only -x c \
        -Wall -Wextra -Werror -I"$build" -Ilibcommon ${inc:+-I"$inc"}
}
for inc in libcommon tests cmd/*; do
    mapfile -t group < <(printf '%s\n' "${headers[@]}" | grep "^$inc/")
    [ ${#group[@]} -eq 0 ] || compile "$inc" "${group[@]}" || bad=1
done
exit $bad
