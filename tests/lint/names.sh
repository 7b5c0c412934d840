#!/bin/bash
# No two modules of libcommon share a base name, and nothing unfinished or private is in the tree.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0

double=$(find libcommon -name '*.[ch]' 2>/dev/null | sed 's/\.[ch]$//' | sort -u |
    awk -F/ '{ if ($NF in seen) print $0 ": also " seen[$NF]; seen[$NF] = $0 }')
[ -z "$double" ] || { echo "$double"; bad=1; }

# Written apart so that this file does not accuse itself.
marks='TO''DO|FIX''ME|X''XX|HA''CK'
paths='/wo''rk/'
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . -type f ! -path './.git/*' ! -path './build*' ! -path '*/node_modules/*' -print0
fi | xargs -0 grep -InHE "\\b($marks)\\b|(^|[^[:alnum:].])$paths" -- 2>/dev/null && bad=1
exit $bad
