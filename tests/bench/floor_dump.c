/*
 * floor_dump.c - the least a reader of captures costs: libpcap hands out every
 * packet of a file, and nobody looks at it.
 */
#include <pcap/pcap.h>
#include <stdio.h>

static void on_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
    (void)p;
    *(unsigned long long *)(void *)user += h->caplen;
}

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    unsigned long long bytes = 0;
    pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
    if (!p)
        return 2;
    pcap_loop(p, -1, on_packet, (u_char *)&bytes);
    pcap_close(p);
    printf("%llu\n", bytes);
    return 0;
}
