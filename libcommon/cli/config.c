/*
 * config.c - a line parser for the small ini dialect; the file's text is kept
 * and cut up in place, because option values point into it.
 */
#include "cli/config.h"

#include "base/mem.h"
#include "cli/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Path of the configuration file in `path`: KQ_CONFIG, or kq/config below
 * XDG_CONFIG_HOME or ~/.config.  False when there is no home. */
static bool config_path(char *path, size_t size)
{
    const char *file = getenv("KQ_CONFIG"), *dir = getenv("XDG_CONFIG_HOME"), *home;
    int n = -1;
    if (file && *file)
        n = snprintf(path, size, "%s", file);
    else if (dir && *dir == '/')
        n = snprintf(path, size, "%s/kq/config", dir);
    else if ((home = getenv("HOME")) && *home)
        n = snprintf(path, size, "%s/.config/kq/config", home);
    return n > 0 && (size_t)n < size;
}

/* A file being read and the place in it. */
struct ini {
    const char *path;
    int line;
    const char *why; /* why it is not private, "" when it is */
    struct kq_opts *opts;
    struct kq_profile *prof;
};

static char *trim_in_place(char *s)
{
    struct kq_str t = kq_str_trim(kq_strz(s));
    s += t.s - s;
    s[t.len] = 0;
    return s;
}

/* "~/ca.pem" as a path; kept for the life of the program, like the options. */
static char *expand_home(char *value, struct kq_profile *prof)
{
    const char *home = getenv("HOME");
    if (strncmp(value, "~/", 2) != 0 || !home)
        return value;
    struct kq_profile_path *p = kq_malloc(sizeof *p + strlen(home) + strlen(value));
    p->next = prof->paths;
    prof->paths = p;
    sprintf(p->text, "%s%s", home, value + 1);
    return p->text;
}

static bool setting(struct ini *in, char *key, char *value, struct kq_err *err)
{
    if (strcmp(key, "target") == 0) {
        in->prof->target = value;
        return true;
    }
    if (strcmp(key, "password") == 0) {
        if (in->why[0])
            return kq_fail(err, KQ_EUSAGE, "it holds a password, but %s", in->why);
        in->prof->password = value;
        return true;
    }
    return kq_opts_set(in->opts, key, expand_home(value, in->prof), KQ_FROM_PROFILE, err);
}

static bool key_line(struct ini *in, char *line, struct kq_err *err)
{
    char *eq = strchr(line, '=');
    if (!eq)
        return kq_fail(err, KQ_EUSAGE, "neither [section] nor key = value");
    *eq = 0;
    return setting(in, trim_in_place(line), trim_in_place(eq + 1), err);
}

/* The name inside "[name]", or NULL. */
static char *section_name(char *line)
{
    size_t n = strlen(line);
    if (line[0] != '[' || line[n - 1] != ']')
        return NULL;
    line[n - 1] = 0;
    return trim_in_place(line + 1);
}

/* Walk the file: 1 when the section was there, 0 when not, -1 with `err`. */
static int walk(struct ini *in, const char *name, struct kq_err *err)
{
    bool inside = false, seen = false;
    for (char *next, *line = in->prof->store; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        in->line++;
        line = trim_in_place(line);
        if (!*line || *line == '#' || *line == ';')
            continue;
        char *section = section_name(line);
        if (section) {
            inside = strcmp(section, name) == 0;
            seen |= inside;
        } else if (inside && !key_line(in, line, err)) {
            kq_err_context(err, "%s:%d", in->path, in->line);
            return -1;
        }
    }
    return seen;
}

/* As walk, with the file read first; no file is 0. */
static int load(struct kq_opts *p, const char *name, const char *path, struct kq_profile *out,
                struct kq_err *err)
{
    struct kq_secret file;
    int got = kq_secret_read(path, &file, err);
    if (got <= 0)
        return got;
    out->store = file.text;
    out->store_len = file.len;
    struct ini in = {.path = path, .why = file.why, .opts = p, .prof = out};
    got = walk(&in, name, err);
    if (got <= 0)
        kq_profile_release(out);
    return got;
}

/*
 * Read section `name` and set the options of `p` that the command line left
 * alone; it must be there.
 */
static bool load_named(struct kq_opts *p, const char *name, struct kq_profile *out,
                       struct kq_err *err)
{
    char path[4096];
    *out = (struct kq_profile){0};
    if (!config_path(path, sizeof path))
        return kq_fail(err, KQ_EUSAGE, "no home folder to look for profile '%s' in", name);
    int got = load(p, name, path, out, err);
    if (got < 0)
        err->code = KQ_EUSAGE;
    if (got == 0)
        kq_err_set(err, KQ_EUSAGE, "no profile '%s' in %s", name, path);
    return got > 0;
}

void kq_profile_release(struct kq_profile *prof)
{
    if (prof->store)
        kq_wipe(prof->store, prof->store_len);
    free(prof->store);
    while (prof->paths) {
        struct kq_profile_path *next = prof->paths->next;
        free(prof->paths);
        prof->paths = next;
    }
    *prof = (struct kq_profile){0};
}

/* What "@" alone means: [default], else $KQ_TARGET. */
static char *default_target(struct kq_opts *p, struct kq_profile *prof, struct kq_err *err)
{
    char path[4096];
    int got = config_path(path, sizeof path) ? load(p, "default", path, prof, err) : 0;
    if (got < 0) {
        err->code = KQ_EUSAGE;
        return NULL;
    }
    char *target = prof->target ? prof->target : getenv("KQ_TARGET");
    if (!target || !*target) {
        kq_err_set(err, KQ_EUSAGE, "'@' needs a profile [default] or KQ_TARGET");
        return NULL;
    }
    return target;
}

static char *named_target(struct kq_opts *p, const char *name, struct kq_profile *prof,
                          struct kq_err *err)
{
    if (!load_named(p, name, prof, err))
        return NULL;
    if (!prof->target)
        kq_err_set(err, KQ_EUSAGE, "profile '%s' has no target", name);
    return prof->target;
}

char *kq_config_target(struct kq_opts *p, char *word, struct kq_profile *prof, struct kq_err *err)
{
    *prof = (struct kq_profile){0};
    char *target = word;
    if (!word) {
        kq_err_set(err, KQ_EUSAGE, "no target given");
        return NULL;
    }
    if (word[0] == '@')
        target = word[1] ? named_target(p, word + 1, prof, err) : default_target(p, prof, err);
    if (!target || !kq_opts_env(p, err))
        return NULL;
    return target;
}
