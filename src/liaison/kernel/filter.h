/* The filter of one ask: from a row's sketch, the most that the names can be worth to each other. */
#ifndef LIAISON_FILTER_H
#define LIAISON_FILTER_H

#include "index.h"

#define MOST_PROBES (8 * MOST_TOKENS)

/* One way in which a token of the ask may be met. `cap` is the most it is worth; what a spelling costs comes off the
   rarer side: same sound, same consonants, cut short, or so many consonants and vowels off. */
typedef struct { uint32_t mask; int32_t cap, rarity, exact, sound, vowels, cut, off[5]; } Probe;

/* The masks of a name's variants as bits by a hash, in which one is rarely seen that is not there. */
typedef struct { uint64_t bits[32]; int any; int32_t cap, rarity; } Variants;
static inline uint32_t variant_bit(uint32_t mask) { return (mask * 0x9e3779b1u) >> 21; }

typedef struct {
    Probe probe[MOST_PROBES];
    Variants variants[MOST_TOKENS];
    int32_t ends[MOST_TOKENS + 1], always[MOST_TOKENS], counts[MOST_TOKENS];
    uint32_t joined[2 * MOST_TOKENS]; int32_t joined_most[2 * MOST_TOKENS];
    int32_t most[MOST_TOKENS], by_weight[MOST_TOKENS];
    int tokens, joins, fewest; /* fewest: tokens when neighbours are taken for one, particles not counted */
    int32_t total, extras, sex_same, sex_other, nation_same, nation_other;
    uint8_t sex, second_nationality; uint16_t nationality;
} Filter;

static inline int32_t lesser(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t greater(int32_t a, int32_t b) { return a > b ? a : b; }

/* The most that sex and nationality of a row add, exactly so but for a second nationality. */
static inline int32_t extras(const Filter *f, const Sketch *row) {
    int32_t sex = !f->sex || !row->sex ? 0 : f->sex == row->sex ? f->sex_same : -f->sex_other;
    if (!f->nationality || !row->nationality) return sex;
    return sex + (f->nationality == row->nationality || f->second_nationality || row->second_nationality ? f->nation_same : -f->nation_other);
}

/* What so many tokens without a partner cost at least; counts below zero are none. */
int32_t unmatched_at_least(int lost, int left_over, const Weights *w);
int32_t name_bound(const Filter *f, const Weights *w, const Sketch *row, int32_t need);
void prepare_filter(const Asks *asks, const Phonetics *t, const Weights *w, int64_t ask, Filter *f);

#endif
