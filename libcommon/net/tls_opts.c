/*
 * tls_opts.c - the environment variables as a table of names and members.
 */
#include "net/tls_opts.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct variable {
    const char *name; /* after SSL_ */
    size_t member;    /* offset in struct kq_tls_opts */
} variables[] = {
    {"CA_CERT_FILE", offsetof(struct kq_tls_opts, ca_file)},
    {"CA_CERT_PATH", offsetof(struct kq_tls_opts, ca_path)},
    {"CERT_FILE", offsetof(struct kq_tls_opts, cert_file)},
    {"KEY_FILE", offsetof(struct kq_tls_opts, key_file)},
    {"CIPHER_LIST", offsetof(struct kq_tls_opts, ciphers)},
    {"CIPHERSUITES", offsetof(struct kq_tls_opts, ciphersuites)},
    {"MINPROTOCOL", offsetof(struct kq_tls_opts, min_version)},
    {"MAXPROTOCOL", offsetof(struct kq_tls_opts, max_version)},
};

static const struct verify_word {
    const char *word;
    bool server, client;
    enum kq_tls_verify verify;
} verify_words[] = {
    {"no", true, true, KQ_TLS_VERIFY_NO},
    {"yes", true, true, KQ_TLS_VERIFY_YES},
    {"hostip", false, true, KQ_TLS_VERIFY_YES},
    {"requestonly", true, false, KQ_TLS_VERIFY_REQUESTONLY},
    {"ifpresent", true, false, KQ_TLS_VERIFY_IFPRESENT},
};

bool kq_tls_verify_parse(const char *s, bool server, enum kq_tls_verify *out, struct kq_err *err)
{
    for (size_t i = 0; i < sizeof verify_words / sizeof *verify_words; i++) {
        const struct verify_word *w = &verify_words[i];
        if ((server ? w->server : w->client) && strcasecmp(s, w->word) == 0) {
            *out = w->verify;
            return true;
        }
    }
    return kq_fail(err, KQ_EUSAGE, "unknown verification '%.40s' (expected %s)", s,
                   server ? "NO, YES, REQUESTONLY or IFPRESENT" : "NO, YES or HOSTIP");
}

/* The value of KX_SSL_name, else of SSL_name; empty counts as unset. */
static const char *lookup(const char *name)
{
    char full[40];
    snprintf(full, sizeof full, "KX_SSL_%s", name);
    const char *value = getenv(full);
    if (!value || !*value)
        value = getenv(full + 3);
    return value && *value ? value : NULL;
}

/* Sandboxes export SSL_CERT_FILE for their CA bundle; alone it is not our certificate. */
static bool is_foreign_bundle(void)
{
    const char *own = getenv("KX_SSL_CERT_FILE");
    return !(own && *own) && !lookup("KEY_FILE");
}

bool kq_tls_opts_env(struct kq_tls_opts *o, bool server, struct kq_err *err)
{
    bool own_cert = o->key_file || !is_foreign_bundle();
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char **member = (const char **)(void *)((char *)o + variables[i].member);
        if (!*member && (member != &o->cert_file || own_cert))
            *member = lookup(variables[i].name);
    }
    if (!o->keylog)
        o->keylog = getenv("SSLKEYLOGFILE");
    const char *name = server ? "VERIFY_CLIENT" : "VERIFY_SERVER";
    const char *verify = lookup(name);
    if (o->verify != KQ_TLS_VERIFY_UNSET || !verify)
        return true;
    if (kq_tls_verify_parse(verify, server, &o->verify, err))
        return true;
    kq_err_context(err, "SSL_%s", name);
    return false;
}
