/*
 * replay.c - runs a fuzz target over its seeds without libFuzzer.
 *
 *      fuzz_x [FILE|DIR]...
 *
 * Every seed goes in whole and cut short at many places, each time in a block
 * of exactly its size, so that the sanitizers see a read behind the end.  The
 * empty input comes first, also when there are no seeds yet.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inputs longer than this are cut at evenly spread places only. */
#define MAX_CUTS 256

static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_and_cut(const uint8_t *data, size_t size)
{
    size_t step = size / MAX_CUTS + 1;
    for (size_t len = 0; len < size; len += step)
        run(data, len);
    run(data, size);
}

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
        return -1;
    }
    struct stat st;
    size_t size = fstat(fileno(f), &st) == 0 ? (size_t)st.st_size : 0;
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, f) != size) {
        fprintf(stderr, "cannot read %s\n", path);
        free(data);
        fclose(f);
        return -1;
    }
    fclose(f);
    /* The last line of the log names the seed that a crash came from. */
    fprintf(stderr, "%s\n", path);
    run_and_cut(data, size);
    free(data);
    return 0;
}

static int replay_dir(const char *path, DIR *dir)
{
    int bad = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char file[4096];
        if (e->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        bad |= replay_file(file);
    }
    closedir(dir);
    return bad;
}

int main(int argc, char **argv)
{
    int bad = 0;
    run((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir)
            bad |= replay_dir(argv[i], dir);
        else if (errno != ENOENT)
            bad |= replay_file(argv[i]);
    }
    return bad ? 1 : 0;
}
