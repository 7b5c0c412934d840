/*
 * replay.h - --replay: a recording answers.
 */
#ifndef KQ_LISTEN_REPLAY_H
#define KQ_LISTEN_REPLAY_H

#include "exchange.h"
#include "recording.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_replay {
    struct lst_recording *recording;
    bool timing; /* keep the recorded pace */
    int64_t unmatched;
};

/* Answer from the recording; false when it does not know the question, which is
 * counted and logged. */
bool lst_replay_answer(struct lst_exchange *x);

/* A client has logged in: send what the server sent unasked. */
void lst_replay_greet(struct lst_session *s);

#endif
