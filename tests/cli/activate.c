/*
 * activate.c - starts a server as systemd does: with sockets that listen
 * already, and with an ear for what it has to say.
 *
 *      activate [-w MS] [tcp|PATH]... -- COMMAND [ARG]...
 *
 * Each word is a socket: a free port of 127.0.0.1, or a Unix socket.  COMMAND
 * finds them as descriptors 3 and up with LISTEN_FDS and LISTEN_PID; with -w
 * its watchdog wants a sign of life every MS milliseconds.  Prints "PORT" for
 * each TCP socket and then what COMMAND sends to NOTIFY_SOCKET, one line each.
 * SIGTERM is passed on; the exit status is that of COMMAND.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_SOCKETS = 8, FIRST = 3, APART = 100 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int bind_unix(int type, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a))
        die(path);
    return fd;
}

static int bind_tcp(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
        getsockname(fd, (struct sockaddr *)&a, &len))
        die("tcp");
    printf("%d\n", ntohs(a.sin_port));
    return fd;
}

static int open_socket(const char *word)
{
    int fd = strcmp(word, "tcp") == 0 ? bind_tcp() : bind_unix(SOCK_STREAM, word);
    if (listen(fd, 8))
        die("listen");
    return fd;
}

static void set_number(const char *name, long n)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", n);
    setenv(name, text, 1);
}

/* The child: the sockets in their places, the signals as they were. */
static void run(char **command, const int *sockets, int n, long watchdog_ms)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; i < n; i++)
        dup2(sockets[i], APART + i);
    for (int i = 0; i < n; i++)
        dup2(APART + i, FIRST + i);
    closefrom(FIRST + n);
    set_number("LISTEN_FDS", n);
    set_number("LISTEN_PID", getpid());
    if (watchdog_ms)
        set_number("WATCHDOG_USEC", watchdog_ms * 1000);
    execvp(*command, command);
    die(*command);
}

static void print_state(int notify)
{
    char state[256];
    ssize_t n = recv(notify, state, sizeof state, MSG_DONTWAIT);
    if (n > 0)
        printf("%.*s\n", (int)n, state);
}

/* Until the child has ended; its exit status. */
static int attend(pid_t child, int notify, int signals)
{
    struct pollfd p[] = {{.fd = notify, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    int status;
    while (waitpid(child, &status, WNOHANG) == 0) {
        struct signalfd_siginfo info;
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            die("poll");
        print_state(notify);
        if ((p[1].revents & POLLIN) && read(signals, &info, sizeof info) == sizeof info &&
            info.ssi_signo == SIGTERM)
            kill(child, SIGTERM);
    }
    for (int i = 0; i < 8; i++)
        print_state(notify);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    int sockets[MAX_SOCKETS], n = 0, i = 1;
    long watchdog_ms = 0;
    char path[PATH_MAX];
    sigset_t wanted;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 2 && strcmp(argv[1], "-w") == 0) {
        watchdog_ms = atol(argv[2]);
        i = 3;
    }
    for (; i < argc && strcmp(argv[i], "--") != 0 && n < MAX_SOCKETS; i++)
        sockets[n++] = open_socket(argv[i]);
    if (i + 1 >= argc) {
        fprintf(stderr, "usage: activate [-w MS] [tcp|PATH]... -- COMMAND [ARG]...\n");
        return 2;
    }
    int notify = bind_unix(SOCK_DGRAM, "notify");
    if (!realpath("notify", path))
        die("notify");
    setenv("NOTIFY_SOCKET", path, 1);
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGCHLD);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    int signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    pid_t child = fork();
    if (child == 0)
        run(argv + i + 1, sockets, n, watchdog_ms);
    return attend(child, notify, signals);
}
