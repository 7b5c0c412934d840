/*
 * announce.c - a file that appears by rename, a descriptor, a datagram.
 */
#include "announce.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool lst_announce_file(const char *path, unsigned port, struct kq_err *err)
{
    char temp[4096];
    if (!path)
        return true;
    int n = snprintf(temp, sizeof temp, "%s.%d.tmp", path, (int)getpid());
    FILE *f = n < (int)sizeof temp ? fopen(temp, "we") : NULL;
    bool ok = f && fprintf(f, "%u\n", port) > 0;
    if (f && fclose(f) != 0)
        ok = false;
    if (ok && rename(temp, path) == 0)
        return true;
    kq_err_errno(err, KQ_EIO, errno, "cannot write %s", path);
    if (f)
        unlink(temp);
    return false;
}

bool lst_announce_fd(int fd, unsigned port, struct kq_err *err)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%u\n", port);
    if (fd < 0)
        return true;
    if (write(fd, text, (size_t)n) != n) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write to descriptor %d", fd);
        return false;
    }
    close(fd);
    return true;
}

void lst_announce_state(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = name ? strlen(name) : 0;
    if (!len || len >= sizeof to.sun_path || (*name != '/' && *name != '@'))
        return;
    memcpy(to.sun_path, name, len);
    if (*name == '@')
        to.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}

int64_t lst_announce_watchdog_ms(void)
{
    const char *pid = getenv("WATCHDOG_PID"), *usec = getenv("WATCHDOG_USEC");
    if (!usec || !getenv("NOTIFY_SOCKET") || (pid && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    int64_t ms = strtoll(usec, NULL, 10) / 2000;
    return ms > 0 ? ms : 0;
}
