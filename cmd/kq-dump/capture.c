/*
 * capture.c - hands every packet to the flows, in batches between which
 * signals and progress are looked at.
 */
#include "capture.h"

#include "base/log.h"
#include "flow.h"
#include "stamp.h"

#include <pcap/pcap.h>
#include <string.h>

enum { BATCH = 4096, SNAPLEN = 262144, READ_TIMEOUT_MS = 100 };

struct capture {
    struct dump_run *r;
    pcap_t *pcap;
    struct dump_flows *flows; /* those of the run */
    int link;
    bool begun; /* a packet was seen */
    bool stop;
};

static void on_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
    struct capture *c = (struct capture *)(void *)user;
    int64_t when = dump_stamp_claimed(h->ts.tv_sec, h->ts.tv_usec);
    if (!c->begun && !dump_flows_resume(c->flows, when))
        c->stop = true;
    c->begun = true;
    if (!c->stop && !dump_flows_frame(c->flows, c->link, p, h->caplen, when)) {
        c->stop = true;
        pcap_breakloop(c->pcap);
    }
}

static bool begin(struct capture *c, const char *bpf, struct kq_err *err)
{
    struct bpf_program program;
    c->link = pcap_datalink(c->pcap);
    if (!dump_link_known(c->link))
        return kq_fail(err, KQ_EPROTO,
                       "link type %d (%s) is not known: Ethernet, Linux cooked, "
                       "loopback and raw IP are",
                       c->link, pcap_datalink_val_to_name(c->link));
    if (!bpf)
        return true;
    if (pcap_compile(c->pcap, &program, bpf, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return kq_fail(err, KQ_EUSAGE, "filter '%s': %s", bpf, pcap_geterr(c->pcap));
    bool ok = pcap_setfilter(c->pcap, &program) == 0;
    pcap_freecode(&program);
    return ok || kq_fail(err, KQ_EUSAGE, "filter '%s': %s", bpf, pcap_geterr(c->pcap));
}

/* The connections may go on in the next file of a ring. */
static void begin_flows(struct capture *c)
{
    struct dump_run *r = c->r;
    if (!r->flows)
        r->flows = dump_flows_new(&r->streams, r->opts->from.ports);
    c->flows = r->flows;
}

/* With --check the messages count for this file. */
static void end(struct capture *c)
{
    if (c->flows && c->r->opts->show.check && !c->stop && !c->r->stop)
        dump_flows_end(c->flows);
    pcap_close(c->pcap);
}

static void init_streams(struct dump_run *r)
{
    r->streams.trust = r->opts->from.ports != NULL;
    r->streams.stop_at_fault = false;
}

/* ---- files ---- */

/* libpcap's words for a file whose interfaces have different link types. */
static bool explain_mixed(const char *why, struct kq_err *err)
{
    if (!strstr(why, "different from the type of the first interface"))
        return false;
    kq_err_set(err, KQ_EPROTO,
               "interfaces of different link types in one file; let tshark take out a connection: "
               "tshark -r FILE -Y 'tcp.stream==0 && tcp.len' -T fields -e tcp.payload | kq-dump");
    return true;
}

static bool read_failed(struct capture *c, struct dump_input *in, struct kq_err *err)
{
    const char *why = pcap_geterr(c->pcap);
    if (dump_input_error(in)->code)
        *err = *dump_input_error(in);
    else if (!explain_mixed(why, err))
        kq_err_set(err, KQ_EPROTO, "%s", why);
    return false;
}

static bool read_packets(struct capture *c, struct dump_input *in, struct kq_err *err)
{
    int n;
    do {
        n = pcap_dispatch(c->pcap, BATCH, on_packet, (u_char *)c);
    } while (n > 0 && !c->stop && dump_run_tick(c->r, in));
    if (n >= 0 || n == PCAP_ERROR_BREAK)
        return true;
    /* What was read before the damage counts. */
    return read_failed(c, in, err);
}

bool dump_capture_file(struct dump_run *r, struct dump_input *in, struct kq_err *err)
{
    char why[PCAP_ERRBUF_SIZE];
    struct capture c = {.r = r};
    FILE *f = dump_input_stdio(in);
    init_streams(r);
    c.pcap =
        f ? pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, why) : NULL;
    if (!c.pcap) {
        if (f)
            fclose(f);
        return explain_mixed(why, err) ? false : kq_fail(err, KQ_EPROTO, "%s", why);
    }
    bool ok = begin(&c, r->opts->from.bpf, err);
    if (ok) {
        begin_flows(&c);
        ok = read_packets(&c, in, err);
    }
    end(&c);
    return ok;
}

/* ---- live ---- */

static bool refused(pcap_t *pcap, int status, const char *interface, struct kq_err *err)
{
    const char *why = pcap_geterr(pcap);
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        return kq_fail(err, KQ_ECONNECT,
                       "no permission to capture: run as root or with CAP_NET_RAW, or let tcpdump "
                       "do it: sudo tcpdump -U -i %s -w - | kq-dump",
                       interface);
    return kq_fail(err, KQ_ECONNECT, "cannot capture: %s", *why ? why : pcap_statustostr(status));
}

static bool activate(pcap_t *pcap, const char *interface, struct kq_err *err)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_set_snaplen(pcap, SNAPLEN);
    pcap_set_timeout(pcap, READ_TIMEOUT_MS);
    pcap_set_immediate_mode(pcap, 1);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    int status = pcap_activate(pcap);
    if (status < 0)
        return refused(pcap, status, interface, err);
    if (pcap_setnonblock(pcap, 1, why) != 0)
        return kq_fail(err, KQ_ECONNECT, "cannot capture: %s", why);
    return true;
}

static bool capture_packets(struct capture *c, struct kq_err *err)
{
    int fd = pcap_get_selectable_fd(c->pcap), n = 0;
    while (n >= 0 && !c->stop && !c->r->signals.stop) {
        n = pcap_dispatch(c->pcap, BATCH, on_packet, (u_char *)c);
        if (n == 0) {
            /* Nothing more for now: let it be seen. */
            kq_out_flush(c->r->out);
            dump_signals_wait(&c->r->signals, fd);
        }
    }
    if (n >= 0 || n == PCAP_ERROR_BREAK)
        return true;
    return kq_fail(err, KQ_ECONNECT, "capturing: %s", pcap_geterr(c->pcap));
}

/* Packets that the kernel had no room for are holes. */
static void say_dropped(const struct capture *c)
{
    struct pcap_stat n;
    if (pcap_stats(c->pcap, &n) == 0 && n.ps_drop + n.ps_ifdrop)
        kq_warn("packets that were dropped before they could be read: %u", n.ps_drop + n.ps_ifdrop);
}

bool dump_capture_live(struct dump_run *r, const char *bpf, struct kq_err *err)
{
    char why[PCAP_ERRBUF_SIZE];
    const char *interface = r->opts->from.interface;
    struct capture c = {.r = r, .pcap = pcap_create(interface, why)};
    init_streams(r);
    if (!c.pcap)
        return kq_fail(err, KQ_ECONNECT, "cannot capture: %s", why);
    bool ok = activate(c.pcap, interface, err) && begin(&c, bpf, err);
    if (ok && pcap_get_tstamp_precision(c.pcap) != PCAP_TSTAMP_PRECISION_NANO)
        ok = kq_fail(err, KQ_ECONNECT, "cannot capture: no nanosecond times");
    if (ok) {
        kq_note("listening on %s", interface);
        begin_flows(&c);
        ok = capture_packets(&c, err);
        say_dropped(&c);
    }
    end(&c);
    return ok;
}
