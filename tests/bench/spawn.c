/*
 * spawn.c - what a command costs from spawn to exit: spawn N COMMAND [ARG]...
 *
 * Runs the command N times with its output thrown away and prints the median
 * in microseconds.  vfork-like posix_spawn from a small process adds little of
 * its own, which a shell loop does not.
 */
#include "lib.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static posix_spawn_file_actions_t quiet;

static void spawn_once(void *arg)
{
    char **argv = arg;
    pid_t pid;
    int status;
    int errnum = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
    if (errnum) {
        fprintf(stderr, "spawn: %s: %s\n", argv[0], strerror(errnum));
        exit(2);
    }
    if (waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "spawn: %s: wait status %d\n", argv[0], status);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > BENCH_MAX_RUNS) {
        fprintf(stderr, "usage: spawn N COMMAND [ARG]...\n");
        return 2;
    }
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    printf("%.1f\n", bench_run(runs, spawn_once, argv + 2).median_ns / 1e3);
    return 0;
}
