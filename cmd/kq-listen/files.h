/*
 * files.h - the files of one folder, and nothing outside of it.
 *
 * --allow-files names the folder that q code may read and write; .h.HOME the
 * one whose files HTTP shows.  Whatever a path says, the kernel sees to it that
 * it does not lead out of there, not by "..", not by symbolic links.
 */
#ifndef KQ_LISTEN_FILES_H
#define KQ_LISTEN_FILES_H

#include "base/err.h"
#include "q/q.h"

/* Open the folder `path`; -1 with KQ_EUSAGE when there is none. */
int lst_files_open(const char *path, struct kq_err *err);

/* Open a file below the folder `dir`, with the flags of open(2); -1 with errno. */
int lst_files_at(int dir, const char *path, int flags);

/*
 * For q_host.file, `arg` being the struct lst_context: read0, read1, hcount,
 * hdel, and writing by 0: and 1:; other verbs are 'nyi.  Errors of the system
 * have kdb+'s words: "path. OS reports: ...".
 */
struct kq_obj *lst_files_verb(void *arg, struct q *q, const char *verb, struct kq_str path,
                              struct kq_obj *value, struct kq_obj *args);

#endif
