# lib.bash - what benchmark scripts share: . "$(dirname "$0")/lib.bash"
# shellcheck shell=bash

# bench_row NAME VALUE UNIT [FLOOR]: one row of the table; the ratio is VALUE / FLOOR.
bench_row() {
    awk -v name="$1" -v value="$2" -v unit="$3" -v floor="${4:-0}" 'BEGIN {
        printf "%-40s %12.3f %-8s %s\n", name, value, unit,
            (floor > 0 ? sprintf("%.2fx", value / floor) : "-")
    }'
}
