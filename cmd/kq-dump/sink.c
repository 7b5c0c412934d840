/*
 * sink.c - from the name of a format to its sink.
 */
#include "sink.h"

bool dump_sink_skims(const struct dump_opts *o)
{
    return o->format.format == KQ_FORMAT_NONE && !o->from.strict && !o->show.check &&
           !o->common.match && !o->common.write;
}

struct dump_sink *dump_sink_new(const struct dump_sink_env *env, struct kq_err *err)
{
    switch (env->opts->format.format) {
    case KQ_FORMAT_TEXT: return dump_text_new(env, err);
    case KQ_FORMAT_JSON:
    case KQ_FORMAT_JSONL: return dump_json_new(env);
    case KQ_FORMAT_CSV:
    case KQ_FORMAT_TSV: return dump_csv_new(env, err);
    case KQ_FORMAT_TREE: return dump_tree_new(env);
    default: return dump_bytes_new(env);
    }
}
