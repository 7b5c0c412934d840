# crowd.bash - crowds of clients (crowd.c) for the test files that need them: load crowd
# shellcheck shell=bash disable=SC2154

# crowd_gathers WAY N: have N clients connected to $port; they stay until crowd_leaves.
crowd_gathers() {
    mkfifo crowd.in
    crowd "$port" "$1" "$2" <crowd.in >crowd.out 3>&- &
    crowd=$!
    servers+=("$crowd")
    exec 6>crowd.in
    until [ -s crowd.out ]; do kill -0 "$crowd" || return 1; done
}

crowd_leaves() {
    exec 6>&-
    wait "$crowd"
    rm crowd.in crowd.out
}

# memory: kilobytes that the server has in use
memory() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"
}

# The memory of a program with sanitizers says nothing.
measures_memory() { ! grep -q __asan_init "$KQ_BUILD/kq-listen"; }

# grew_less_than KB FROM: since memory said FROM
grew_less_than() {
    local grown=$(($(memory) - $2))
    ! measures_memory || [ "$grown" -lt "$1" ] || { echo "grew by $grown kB, not $1" && return 1; }
}
