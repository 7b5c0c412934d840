/*
 * opt_tls.c - the rows of the TLS group.
 */
#include "cli/opt_tls.h"

#define OFF(field) offsetof(struct kq_opt_tls, field)

enum { SP = KQ_TOOL_SEND | KQ_TOOL_PIPE };
enum { SLP = SP | KQ_TOOL_LISTEN };

#define TLS_ROW(name, who, field, what, text)                                              \
    {                                                                                      \
        0, name, KQ_OPT_STRING, KQ_OPT_PROFILE, who, OFF(field), .arg = what, .help = text \
    }

const struct kq_opt kq_opt_tls_rows[KQ_OPT_TLS_N] = {
    {0, "tls", KQ_OPT_FLAG, KQ_OPT_PROFILE, SLP, OFF(tls), .help = "use TLS, as tcps:// does"},
    TLS_ROW("cacert", SLP, files.ca_file, "FILE", "trusted CA certificates (PEM)"),
    TLS_ROW("capath", SLP, files.ca_path, "DIR", "directory of trusted CA certificates"),
    TLS_ROW("cert", SLP, files.cert_file, "FILE", "our certificate with its chain (PEM)"),
    TLS_ROW("key", SLP, files.key_file, "FILE", "private key of our certificate (PEM)"),
    TLS_ROW("ciphers", SLP, files.ciphers, "LIST", "cipher list up to TLS 1.2"),
    TLS_ROW("ciphersuites", SLP, files.ciphersuites, "LIST", "cipher suites of TLS 1.3"),
    TLS_ROW("tls-min", SLP, files.min_version, "VERSION:1.0|1.1|1.2|1.3",
            "lowest version (default 1.2)"),
    TLS_ROW("tls-max", SLP, files.max_version, "VERSION:1.0|1.1|1.2|1.3", "highest version"),
    TLS_ROW("tls-name", SP, tls_name, "HOST", "name to verify and to send (default: the target)"),
    {'k', "insecure", KQ_OPT_FLAG, KQ_OPT_PROFILE, SP, OFF(insecure),
     .help = "do not verify the server's certificate (warns)"},
    TLS_ROW("keylog", SLP, files.keylog, "FILE", "append session keys for Wireshark"),
};
