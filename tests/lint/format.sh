#!/bin/bash
# The C sources are as clang-format 14 would write them (`make format` does it).
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=$(command -v clang-format-14 || command -v clang-format) || { echo "clang-format is missing: make deps"; exit 1; }
# Other versions lay out some lines differently; only one can be right.
"$tool" --version | grep -q 'version 14\.' || { echo "format.sh: not clang-format 14, skipped" >&2; exit 0; }
find libcommon cmd tests -name '*.[ch]' ! -path '*/node_modules/*' -print0 2>/dev/null |
    xargs -0 -r -n 12 -P "$(nproc)" "$tool" --dry-run -Werror --ferror-limit=3 2>&1 | grep -E '^[^ ].*error' && exit 1
exit 0
