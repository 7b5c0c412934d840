# terminal.bash - a program under a pseudo-terminal, and somebody who types: load terminal
# shellcheck shell=bash

# term_start COMMAND: run a shell command at a terminal of 24 lines and 80 columns, for a user who
# has no history.
term_start() {
    # Descriptor 3 is how bats waits for a test to end.  script takes the shell from the environment,
    # and dash, unlike bash, dies of the ^C that the program in front of it has dealt with.
    coproc TERMINAL {
        NO_COLOR=1 TERM=${TERM_TYPE:-xterm} SHELL=$BASH XDG_STATE_HOME=$BATS_TEST_TMPDIR/state \
            exec script -qec "stty rows 24 cols 80; $1" /dev/null 3>&-
    }
    terminal=$TERMINAL_PID
    local out=${TERMINAL[0]} in=${TERMINAL[1]}
    exec {term_out}<&"$out" {term_in}>&"$in"
    exec {out}<&- {in}>&-
}

# Without its terminal a program ends by SIGHUP; script itself, asked to end, would sleep for two
# seconds in front of that.
teardown() {
    [ -z "${terminal-}" ] || { kill -s KILL "$terminal" && wait "$terminal"; } 2>/dev/null
    stop_servers
}

# term_type TEXT: press these keys; \r is Enter, \x03 is ^C.
term_type() {
    printf '%b' "$1" >&"$term_in"
}

# term_see TEXT: read the screen until it shows TEXT, which is forgotten then; what stood in front
# of it is in $seen.  Fails when the program ends first, or has shown nothing for a minute: then it
# waits for us as we do for it.
term_see() {
    local c
    seen=
    while [[ $seen != *"$1" ]]; do
        if ! IFS= read -r -d '' -N 1 -t "${TERM_PATIENCE:-60}" -u "$term_out" c; then
            printf 'never seen: %s\ninstead: %s\n' "$1" "${seen@Q}" >&2
            return 1
        fi
        seen+=$c
    done
}

# term_end: read the rest of the screen into $output; $status is the exit status of the program, as
# after run.
term_end() {
    local c
    output=
    while IFS= read -r -d '' -N 1 -u "$term_out" c; do
        output+=$c
    done
    exec {term_out}<&- {term_in}>&-
    status=0
    # shellcheck disable=SC2034
    wait "$terminal" || status=$?
}
