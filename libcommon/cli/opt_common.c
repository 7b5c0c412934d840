/*
 * opt_common.c - the rows of the groups that every tool has.
 */
#include "cli/opt_common.h"

#define OFF(field) offsetof(struct kq_opt_common, field)

enum { SDP = KQ_TOOL_SEND | KQ_TOOL_DUMP | KQ_TOOL_PIPE };
enum { SLD = KQ_TOOL_SEND | KQ_TOOL_LISTEN | KQ_TOOL_DUMP };
enum { LDP = KQ_TOOL_LISTEN | KQ_TOOL_DUMP | KQ_TOOL_PIPE };

const struct kq_opt kq_opt_records_rows[KQ_OPT_RECORDS_N] = {
    {'o', "output", KQ_OPT_STRING, .off = OFF(output), .arg = "FILE",
     .help = "write data to FILE instead of standard output"},
    {'w', "write", KQ_OPT_STRING, .off = OFF(write), .arg = "FILE",
     .help =
         "record the raw bytes of both directions, for kq-dump to read and kq-listen to replay"},
    {'0', "null-data", KQ_OPT_FLAG, .tools = SDP, .off = OFF(null_data),
     .help = "records end in NUL instead of a newline, in and out"},
    {'c', "count", KQ_OPT_INT, .off = OFF(count), .arg = "N",
     .help = "stop after N messages (kq-pipe: records)"},
    {'m', "match", KQ_OPT_STRING, .tools = SLD, .off = OFF(match), .arg = "REGEX",
     .help = "only messages whose text matches"},
    {'s', "stats", KQ_OPT_ENUM, KQ_OPT_OPTIONAL, .off = OFF(stats), .arg = "text|json",
     .help = "counters and latency percentiles on standard error at the end"},
    {'x', "hex", KQ_OPT_FLAG, .tools = SLD, .off = OFF(hex),
     .help = "hexdump of the frame under each message"},
    {0, "time-format", KQ_OPT_ENUM, .tools = LDP, .off = OFF(time_format),
     .arg = "FMT:iso|epoch|rel|delta|q", .help = "time stamps of messages (UTC, ns)"},
    {0, "max-size", KQ_OPT_SIZE, KQ_OPT_PROFILE, .off = OFF(max_size), .arg = "SIZE",
     .help = "refuse larger incoming messages (default 2G)"},
    {0, "line-buffered", KQ_OPT_FLAG, .off = OFF(line_buffered),
     .help = "write each record at once, even when it does not go to a terminal"},
};

const struct kq_opt kq_opt_general_rows[KQ_OPT_GENERAL_N] = {
    {'v', "verbose", KQ_OPT_COUNT, .off = OFF(verbose),
     .help = "say more on standard error; -vv frames, -vvv hex"},
    {'q', "quiet", KQ_OPT_FLAG, .off = OFF(quiet), .help = "errors only"},
    {0, "color", KQ_OPT_ENUM, KQ_OPT_ENV | KQ_OPT_PROFILE, .off = OFF(color),
     .arg = "auto|always|never", .help = "colour the output"},
    {0, "debug-config", KQ_OPT_FLAG, .off = OFF(debug_config),
     .help = "print the settings in effect and where each comes from"},
    {'C', "completions", KQ_OPT_ENUM, .off = OFF(completions), .arg = "bash|zsh|fish",
     .help = "print the completion script for a shell"},
    {'V', "version", KQ_OPT_ENUM, KQ_OPT_OPTIONAL, .off = OFF(version), .arg = "FORM:long|short",
     .help = "print the version; short: only the number"},
    {'h', "help", KQ_OPT_CALLFLAG, .help = "print this help"},
};
