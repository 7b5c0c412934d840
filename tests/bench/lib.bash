# lib.bash - what benchmark scripts share: . "$(dirname "$0")/lib.bash"
# shellcheck shell=bash

# bench_row NAME VALUE UNIT [FLOOR [GOAL]]: one row of the table; the ratio is VALUE / FLOOR.  GOAL
# is what the ratio, or without a floor the value, should not exceed.
bench_row() {
    awk -v name="$1" -v value="$2" -v unit="$3" -v floor="${4:-0}" -v goal="${5:-}" 'BEGIN {
        ratio = floor > 0 ? value / floor : value
        printf "%-40s %12.3f %-8s %s", name, value, unit, (floor > 0 ? sprintf("%.2fx", ratio) : "-")
        if (goal != "")
            printf "  goal %s%s: %s", goal, (floor > 0 ? "x" : ""), (ratio <= goal ? "met" : "missed")
        print ""
    }'
}
