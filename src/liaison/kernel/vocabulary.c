/* From columns of names to token numbers, and from tokens to a book of forms.
   The readable twins are matching/names/split.py and matching/book.py. */
#include <stdlib.h>
#include "kernel.h"

enum { SEPARATOR, LETTER, JOINER };

/* A growing set of tokens, numbered in the order they were first met. */
typedef struct {
    uint8_t *bytes; size_t used, room;
    uint64_t *ends, *hashes; uint32_t *slots; uint32_t count, space, slot_mask;
} Vocabulary;

EXPORT void lk_vocabulary_free(Vocabulary *v) {
    if (!v) return;
    free(v->bytes); free(v->ends); free(v->hashes); free(v->slots); free(v);
}

EXPORT Vocabulary *lk_vocabulary_new(void) {
    Vocabulary *v = calloc(1, sizeof *v);
    if (!v) return NULL;
    v->room = 1 << 16; v->space = 1 << 12; v->slot_mask = (1 << 14) - 1;
    v->bytes = malloc(v->room);
    v->ends = malloc((v->space + 1) * sizeof *v->ends);
    v->hashes = malloc(v->space * sizeof *v->hashes);
    v->slots = calloc((size_t)v->slot_mask + 1, sizeof *v->slots);
    if (!v->bytes || !v->ends || !v->hashes || !v->slots) { lk_vocabulary_free(v); return NULL; }
    v->ends[0] = 0;
    return v;
}

static int grow_slots(Vocabulary *v) {
    uint32_t mask = v->slot_mask * 2 + 1, *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (!slots) return 0;
    for (uint32_t i = 0; i < v->count; i++) {
        uint32_t at = (uint32_t)v->hashes[i] & mask;
        while (slots[at]) at = (at + 1) & mask;
        slots[at] = i + 1;
    }
    free(v->slots);
    v->slots = slots; v->slot_mask = mask;
    return 1;
}

static int make_room(Vocabulary *v, size_t length) {
    if (v->used + length > v->room) {
        uint8_t *bytes = realloc(v->bytes, v->room = v->room * 2 + length);
        if (!bytes) return 0;
        v->bytes = bytes;
    }
    if (v->count == v->space) {
        v->space *= 2;
        uint64_t *ends = realloc(v->ends, (v->space + 1) * sizeof *ends);
        if (!ends) return 0;
        v->ends = ends;
        uint64_t *hashes = realloc(v->hashes, v->space * sizeof *hashes);
        if (!hashes) return 0;
        v->hashes = hashes;
    }
    return v->count * 2ull <= v->slot_mask || grow_slots(v);
}

/* The token's number, a new one if it was not met before; UINT32_MAX when memory is short. */
static uint32_t intern(Vocabulary *v, const uint8_t *token, size_t length) {
    uint64_t hash = hash_bytes(token, length);
    uint32_t at = (uint32_t)hash & v->slot_mask;
    for (; v->slots[at]; at = (at + 1) & v->slot_mask) {
        uint32_t i = v->slots[at] - 1;
        if (v->hashes[i] == hash && v->ends[i + 1] - v->ends[i] == length && !memcmp(v->bytes + v->ends[i], token, length)) return i;
    }
    if (!make_room(v, length)) return UINT32_MAX;
    at = (uint32_t)hash & v->slot_mask;
    while (v->slots[at]) at = (at + 1) & v->slot_mask;
    memcpy(v->bytes + v->used, token, length);
    v->used += length;
    v->hashes[v->count] = hash;
    v->ends[v->count + 1] = v->used;
    v->slots[at] = v->count + 1;
    return v->count++;
}

/* The bytes of one code point and its class; a broken sequence is one separator byte. */
static inline int code_point(const uint8_t *s, const uint8_t *end, const uint8_t *classes, int *size) {
    int n = *s >= 0xF0 ? 4 : *s >= 0xE0 ? 3 : *s >= 0xC2 ? 2 : 1;
    *size = 1;
    if (n == 1 || s + n > end) return SEPARATOR;
    uint32_t code = *s & (0xFF >> (n + 1));
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return SEPARATOR;
        code = code << 6 | (s[i] & 0x3F);
    }
    *size = n;
    return code < 65536 ? classes[code] : LETTER;
}

/* Split data[0:length] into tokens; each becomes number | role << 30 at out. Returns how many, -1 without memory. */
static int64_t split(Vocabulary *v, const uint8_t *s, size_t length, const uint8_t *classes, uint32_t role, uint32_t *out) {
    const uint8_t *end = s + length;
    uint8_t token[256];
    size_t filled = 0;
    int64_t count = 0;
    while (s <= end) {
        int size = 1, class = SEPARATOR;
        if (s < end) class = *s < 128 ? classes[*s] : code_point(s, end, classes, &size);
        if (class == LETTER) {
            for (int i = 0; i < size && filled < sizeof token; i++)
                token[filled++] = s[i] >= 'A' && s[i] <= 'Z' ? (uint8_t)(s[i] | 32) : s[i];
        } else if (class == SEPARATOR && filled) {
            while (filled == sizeof token && filled && (token[filled - 1] & 0xC0) == 0x80) filled--; /* no half letter */
            uint32_t number = intern(v, token, filled);
            if (number == UINT32_MAX) return -1;
            out[count++] = number | role << 30;
            filled = 0;
        }
        s += size;
    }
    return count;
}

/* Tokens of rows from .. to of up to three columns (given, surname, full; roles 1, 2, 0), row after row.
   out: uint32[enough], out_ends: int64[to - from + 1]. Returns the number of tokens, -1 without memory. */
EXPORT int64_t lk_tokens(Vocabulary *v, const uint8_t *const *data, const int64_t *const *ends, int64_t from, int64_t to,
                         const uint8_t *classes, uint32_t *out, int64_t *out_ends) {
    static const uint32_t roles[3] = {1, 2, 0};
    int64_t total = 0;
    for (int64_t row = from; row < to; row++) {
        out_ends[row - from] = total;
        for (int c = 0; c < 3; c++) {
            int64_t start = ends[c][row], length = ends[c][row + 1] - start;
            if (!length) continue;
            int64_t made = split(v, data[c] + start, (size_t)length, classes, roles[c], out + total);
            if (made < 0) return -1;
            total += made;
        }
    }
    out_ends[to - from] = total;
    return total;
}

EXPORT int64_t lk_vocabulary_size(const Vocabulary *v, int64_t *bytes) { *bytes = (int64_t)v->used; return v->count; }

/* Copy the tokens out: data: uint8[bytes], ends: int64[count + 1]. */
EXPORT void lk_vocabulary_copy(const Vocabulary *v, uint8_t *data, int64_t *ends) {
    memcpy(data, v->bytes, v->used);
    for (uint32_t i = 0; i <= v->count; i++) ends[i] = (int64_t)v->ends[i];
}

/* Write the forms of every token. forms of token i stand in `data` at form_ends[first[i]] .. form_ends[first[i + 1]].
   Returns the pool's size in 16-byte blocks; at: uint32[n]. `pool` must hold 16 + 2 * letters + 15 bytes a form. */
EXPORT int64_t lk_write_forms(const Phonetics *t, const uint8_t *data, const int64_t *form_ends, const int64_t *first, int64_t n,
                              uint8_t *pool, Token *tokens) {
    int64_t block = 0;
    for (int64_t i = 0; i < n; i++) {
        tokens[i].at = (uint32_t)block;
        tokens[i].forms = (uint8_t)(first[i + 1] - first[i]);
        for (int64_t f = first[i]; f < first[i + 1]; f++)
            block += write_form(t, data + form_ends[f], (int)(form_ends[f + 1] - form_ends[f]), pool + 16 * block);
        const Form *form = (const Form *)(pool + 16 * (size_t)tokens[i].at);
        tokens[i].mask = form->mask;
        tokens[i].length = form->length;
        tokens[i].fold_length = form->fold_length;
    }
    return block;
}

/* The hash of every string: out: uint64[n]. */
EXPORT void lk_hash(const uint8_t *data, const int64_t *ends, int64_t n, uint64_t *out) {
    for (int64_t i = 0; i < n; i++) out[i] = hash_bytes(data + ends[i], (size_t)(ends[i + 1] - ends[i]));
}

/* The keys under which a token's forms are found: the hash of the skeleton, or of the fold when the skeleton is short.
   out: uint64[8] a token at most, distinct; returns how many. */
int token_classes(const Book *book, const Token *token, uint64_t *out) {
    int count = 0;
    const Form *form = form_at(book, token);
    for (int f = 0; f < token->forms && count < 8; f++, form = next_form(form)) {
        uint64_t key = form->skeleton_length >= 3 ? form->skeleton | 1ull << 32
                                                  : hash_bytes(fold_letters(form), form->fold_length) >> 31 | 1ull << 34;
        int known = 0;
        for (int i = 0; i < count; i++) known |= out[i] == key;
        if (!known) out[count++] = key;
    }
    return count;
}

/* The class keys of all tokens: keys: uint64[8 * n], ends: int64[n + 1]. Returns how many. */
EXPORT int64_t lk_classes(const Book *book, int64_t n, uint64_t *keys, int64_t *ends) {
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        ends[i] = total;
        total += token_classes(book, book->tokens + i, keys + total);
    }
    ends[n] = total;
    return total;
}
