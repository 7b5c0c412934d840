#!/bin/bash
# Scripts, bats files and bash completions pass through shellcheck without a remark.
set -u
cd "$(dirname "$0")/../.." || exit 2
{
    find .ci tests -type f \( -name '*.sh' -o -name '*.bats' -o -name '*.bash' -o -path .ci/run \) \
        ! -path '*/node_modules/*' -print0
    find completions -name '*.bash' -print0 2>/dev/null
} | xargs -0 -r -n 3 -P "$(nproc)" shellcheck -f gcc -s bash -S style || exit 1
