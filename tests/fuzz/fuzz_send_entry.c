/*
 * fuzz_send_entry.c - text as somebody may type it at the prompt of kq-send.
 *
 * What has nothing to send shows nothing, and the word to complete is the end of
 * the text.
 */
#include "entry.h"
#include "history.h"
#include "names.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_str text = kq_str((const char *)data, size);
    enum send_entry state = send_entry_state(text);
    bool silent = send_entry_is_silent(text);
    require(state != SEND_ENTRY_EMPTY || silent);
    struct kq_str word = send_names_word(text);
    require(word.len <= text.len && word.s + word.len == text.s + text.len);
    (void)send_history_is_secret(text);
    return 0;
}
