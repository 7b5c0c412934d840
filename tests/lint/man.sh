#!/bin/bash
# The manual pages are correct mdoc.
set -u
cd "$(dirname "$0")/../.." || exit 2
find man -name '*.[1-8]' -print0 2>/dev/null | sort -z | xargs -0 -r mandoc -T lint -W warning || exit 1
