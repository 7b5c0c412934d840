/*
 * usage.c - what one run of a command costs: usage COMMAND [ARG]...
 *
 * Its output is thrown away; printed are its wall time in seconds and its peak
 * memory in megabytes.
 */
#include "lib.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t quiet;
    struct rusage used;
    pid_t pid;
    int status;
    if (argc < 2) {
        fprintf(stderr, "usage: usage COMMAND [ARG]...\n");
        return 2;
    }
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int64_t start = bench_now_ns();
    int errnum = posix_spawnp(&pid, argv[1], &quiet, NULL, argv + 1, environ);
    if (errnum) {
        fprintf(stderr, "usage: %s: %s\n", argv[1], strerror(errnum));
        return 2;
    }
    if (wait4(pid, &status, 0, &used) < 0 || status != 0) {
        fprintf(stderr, "usage: %s: wait status %d\n", argv[1], status);
        return 1;
    }
    printf("%.4f %.1f\n", (double)(bench_now_ns() - start) / 1e9, (double)used.ru_maxrss / 1024);
    return 0;
}
