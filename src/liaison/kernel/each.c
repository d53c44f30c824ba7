/* A library's function for each of many places in one call, so that the caller's interpreter is left once and not at every
   place. Nothing is read or computed here: what the bytes are is the library's business, and secrets are among them.
   The readable twin is crosscheck/function/groups/each.py. */
#include "kernel.h"

typedef int Two(uint8_t *out, const uint8_t *given);
typedef int Three(uint8_t *out, const uint8_t *given, const uint8_t *other);
typedef void SilentTwo(uint8_t *out, const uint8_t *given);
typedef void SilentThree(uint8_t *out, const uint8_t *given, const uint8_t *other);

/* Places move on by so many bytes, which may be none, or less than none. Returns the first place that the function refused
   by another value than 0, after which it is not called again; -1 where there was none, and for functions that return none. */
EXPORT int64_t lk_each_two(Two *function, int64_t n, uint8_t *out, int64_t out_step, const uint8_t *given, int64_t given_step) {
    for (int64_t i = 0; i < n; i++)
        if (function(out + i * out_step, given + i * given_step)) return i;
    return -1;
}

EXPORT int64_t lk_each_three(Three *function, int64_t n, uint8_t *out, int64_t out_step, const uint8_t *given, int64_t given_step,
                             const uint8_t *other, int64_t other_step) {
    for (int64_t i = 0; i < n; i++)
        if (function(out + i * out_step, given + i * given_step, other + i * other_step)) return i;
    return -1;
}

EXPORT int64_t lk_each_silent_two(SilentTwo *function, int64_t n, uint8_t *out, int64_t out_step, const uint8_t *given, int64_t given_step) {
    for (int64_t i = 0; i < n; i++) function(out + i * out_step, given + i * given_step);
    return -1;
}

EXPORT int64_t lk_each_silent_three(SilentThree *function, int64_t n, uint8_t *out, int64_t out_step, const uint8_t *given,
                                    int64_t given_step, const uint8_t *other, int64_t other_step) {
    for (int64_t i = 0; i < n; i++) function(out + i * out_step, given + i * given_step, other + i * other_step);
    return -1;
}
