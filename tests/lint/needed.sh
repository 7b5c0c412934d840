#!/bin/bash
# Which shared libraries a start of each tool maps: kq-send libc alone (every other one costs a
# one-shot query 5 %), and no tool OpenSSL, which is loaded when TLS is used.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${KQ_BUILD:-build}
bad=0
for tool in kq-send kq-listen kq-dump kq-pipe; do
    [ -x "$build/$tool" ] || continue
    needed=$(readelf -d "$build/$tool" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    case $tool in
        # Without its archive libevent can only be linked as a shared library.
        kq-send) extra=$(grep -v -e '^libc\.so' -e '^libevent' -e '^libz\.so' -e '^libasan' -e '^libubsan' <<<"$needed") ;;
        *) extra=$(grep -e '^libssl' -e '^libcrypto' <<<"$needed") ;;
    esac
    for lib in $extra; do
        echo "$build/$tool: needs $lib"
        bad=1
    done
done
exit $bad
