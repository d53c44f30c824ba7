/* Number plates as 64-bit keys and a table of them. The readable twin is matching/plates.py. */
#include "kernel.h"

/* The key of one plate: its letters and digits, ten of 6 bits; longer ones are hashed. `fold` maps a byte to 1..36,
   0 for a byte that does not count. Keys of different plates of up to ten characters differ. */
static uint64_t plate_key(const uint8_t *text, int64_t length, const uint8_t *fold) {
    uint64_t key = 0;
    int count = 0;
    for (int64_t i = 0; i < length; i++) {
        uint8_t code = fold[text[i]];
        if (!code) continue;
        key = count < 10 ? key << 6 | code : (key ^ code) * 0x9e3779b97f4a7c15u;
        count++;
    }
    return key;
}

EXPORT void lk_plate_keys(const uint8_t *data, const int64_t *ends, int64_t n, const uint8_t *fold, uint64_t *keys) {
    for (int64_t i = 0; i < n; i++) keys[i] = plate_key(data + ends[i], ends[i + 1] - ends[i], fold);
}

static inline uint64_t slot_of(uint64_t key, uint64_t mask) {
    uint64_t hash = key * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 32) & mask;
}

/* slots: uint32[mask + 1], zero at first: entry + 1; next: int32[n]: the next entry of the same key, -1 at the end. */
EXPORT void lk_plate_table(const uint64_t *keys, int64_t n, uint32_t *slots, uint64_t mask, int32_t *next) {
    for (int64_t i = n - 1; i >= 0; i--) {
        uint64_t at = slot_of(keys[i], mask);
        next[i] = -1;
        if (!keys[i]) continue;
        while (slots[at] && keys[slots[at] - 1] != keys[i]) at = (at + 1) & mask;
        if (slots[at]) next[i] = (int32_t)slots[at] - 1;
        slots[at] = (uint32_t)i + 1;
    }
}

/* The first entry of each asked key, -1 for none: out: int32[n]. Slots are fetched ahead of their use. */
EXPORT void lk_plate_find(const uint64_t *keys, const uint32_t *slots, uint64_t mask, const uint64_t *asked, int64_t n, int32_t *out) {
    enum { AHEAD = 16 };
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(slots + slot_of(asked[i + AHEAD], mask));
        uint64_t at = slot_of(asked[i], mask);
        out[i] = -1;
        if (!asked[i]) continue;
        for (; slots[at]; at = (at + 1) & mask)
            if (keys[slots[at] - 1] == asked[i]) { out[i] = (int32_t)slots[at] - 1; break; }
    }
}
