/* Building an index: masks of rows, postings, packed document numbers, logarithms in integers.
   Their readable twins stand in tests/kernel. */
#include <stdlib.h>
#include "index.h"

/* -log2(share / whole) in ten-thousandths of a bit, rounded to nearest by integer squaring; share and whole in [1, 2^53]. */
EXPORT int32_t lk_rarity(uint64_t share, uint64_t whole) {
    int32_t whole_bits = 0;
    if (!share || whole <= share) return 0;
    while (whole / share >= 2) { share *= 2; whole_bits++; }
    unsigned __int128 ratio = ((unsigned __int128)whole << 62) / share; /* in [1, 2) as 62-bit fixed point */
    uint64_t fraction = 0;
    for (int i = 0; i < 24; i++) {
        ratio = (ratio >> 31) * (ratio >> 31);
        fraction <<= 1;
        if (ratio >> 63) { fraction |= 1; ratio >>= 1; }
    }
    return whole_bits * 10000 + (int32_t)((fraction * 10000 + (1 << 23)) >> 24);
}

EXPORT void lk_rarities(const uint64_t *shares, uint64_t whole, int64_t n, int32_t *out) {
    for (int64_t i = 0; i < n; i++) out[i] = lk_rarity(shares[i], whole);
}

static uint32_t mask_of(const Phonetics *t, const uint8_t *raw, int length) {
    _Alignas(16) uint8_t pool[192];
    write_form(t, raw, length, pool);
    return ((Form *)pool)->mask;
}

/* The masks that a token has whose letters, or whose sounds, are those of two tokens run together; 1 or 2 of them. */
int joined_masks(const Phonetics *t, const Book *book, const Token *a, const Token *b, uint32_t out[2]) {
    const Form *p = form_at(book, a), *q = form_at(book, b);
    uint8_t both[2 * LONGEST];
    memcpy(both, letters(p), p->length);
    memcpy(both + p->length, letters(q), q->length);
    out[0] = mask_of(t, both, p->length + q->length);
    memcpy(both, fold_letters(p), p->fold_length);
    memcpy(both + p->fold_length, fold_letters(q), q->fold_length);
    Phonetics plain = {t->rules, (const int32_t[27]){0}, t->classes}; /* a fold is not folded again */
    out[1] = mask_of(&plain, both, p->fold_length + q->fold_length);
    return out[0] == out[1] ? 1 : 2;
}

static void add_lane(Sketch *sketch, uint32_t mask) {
    for (unsigned i = 0; i < sketch->count; i++) if (sketch->lane[i] == mask) return;
    if (sketch->count == LANES) sketch->crowded = 1;
    else sketch->lane[sketch->count++] = mask;
}

/* The sketch of every row; `rows` and `sketches` stand side by side. */
EXPORT void lk_sketch(const Phonetics *t, const Book *book, const Row *rows, int64_t n, const uint32_t *row_tokens, Sketch *sketches) {
    for (int64_t r = 0; r < n; r++) {
        const uint32_t *tokens = row_tokens + rows[r].tokens_at;
        Sketch *sketch = sketches + r;
        int least = 0;
        memset(sketch, 0, sizeof *sketch);
        sketch->nationality = rows[r].nationality[0] & 0x7fff;
        sketch->day = rows[r].dob & 511;
        sketch->second_nationality = rows[r].nationality[1] != 0;
        sketch->sex = rows[r].sex & 3;
        for (int i = 0; i < rows[r].tokens; i++) {
            const Token *token = book->tokens + (tokens[i] & 0x3fffffff);
            const Form *form = form_at(book, token);
            if (token->flags & INITIAL) sketch->crowded = 1;
            if (token->rarity > sketch->rarest) sketch->rarest = token->rarity;
            if (!(token->flags & PARTICLE)) least++;
            for (int f = 0; f < token->forms; f++, form = next_form(form)) add_lane(sketch, form->mask);
            if (i + 1 == rows[r].tokens || tokens[i] >> 30 != tokens[i + 1] >> 30) continue;
            const Token *next = book->tokens + (tokens[i + 1] & 0x3fffffff);
            uint32_t masks[2];
            for (int m = joined_masks(t, book, token, next, masks); m-- > 0;) add_lane(sketch, masks[m]);
            if (token->rarity + next->rarity > sketch->rarest) sketch->rarest = token->rarity + next->rarity;
            least--;
        }
        sketch->tokens = least < 0 ? 0 : least > 15 ? 15 : (unsigned)least;
    }
}

/* Postings: the rows of every class in rising order. With post NULL only counts. posted: int64[classes + 1], zero at first.
   Returns how many postings. */
EXPORT int64_t lk_post(const Row *rows, int64_t n, const uint32_t *row_tokens, const int64_t *class_ends, const int32_t *classes,
                       int64_t class_count, int64_t *posted, int32_t *post) {
    if (!post) {
        for (int64_t r = 0; r < n; r++)
            for (int i = 0; i < rows[r].tokens; i++) {
                uint32_t token = row_tokens[rows[r].tokens_at + (uint32_t)i] & 0x3fffffff;
                for (int64_t c = class_ends[token]; c < class_ends[token + 1]; c++) posted[classes[c] + 1]++;
            }
        for (int64_t c = 0; c < class_count; c++) posted[c + 1] += posted[c];
        return posted[class_count];
    }
    int64_t *next = malloc((size_t)(class_count + 1) * sizeof *next);
    if (!next) return -1;
    memcpy(next, posted, (size_t)(class_count + 1) * sizeof *next);
    for (int64_t r = 0; r < n; r++)
        for (int i = 0; i < rows[r].tokens; i++) {
            uint32_t token = row_tokens[rows[r].tokens_at + (uint32_t)i] & 0x3fffffff;
            for (int64_t c = class_ends[token]; c < class_ends[token + 1]; c++) post[next[classes[c]]++] = (int32_t)r;
        }
    free(next);
    return posted[class_count];
}

/* The same postings with every class ordered by month and day, then row: a counting sort within each class. */
EXPORT int64_t lk_post_by_day(const Row *rows, const int64_t *posted, int64_t class_count, const int32_t *post, int32_t *out, uint16_t *keys) {
    int32_t where[513];
    for (int64_t c = 0; c < class_count; c++) {
        int64_t from = posted[c], size = posted[c + 1] - from;
        if (size <= 24) {
            for (int64_t i = 0; i < size; i++) {
                uint16_t key = (uint16_t)(rows[post[from + i]].dob & 511);
                int64_t at = from + i;
                for (; at > from && keys[at - 1] > key; at--) { keys[at] = keys[at - 1]; out[at] = out[at - 1]; }
                keys[at] = key; out[at] = post[from + i];
            }
            continue;
        }
        memset(where, 0, sizeof where);
        for (int64_t i = 0; i < size; i++) where[(rows[post[from + i]].dob & 511) + 1]++;
        for (int k = 0; k < 512; k++) where[k + 1] += where[k];
        for (int64_t i = 0; i < size; i++) {
            uint16_t key = (uint16_t)(rows[post[from + i]].dob & 511);
            int64_t at = from + where[key]++;
            out[at] = post[from + i];
            keys[at] = key;
        }
    }
    return posted[class_count];
}

typedef struct { int64_t *next; Both *out; int bits; } Sink;

static void put_pair(Sink *sink, int32_t a, int32_t b, int32_t row) {
    if (a == b) return;
    uint64_t hash = pair_hash(a, b);
    int64_t at = sink->next[hash >> (64 - sink->bits)]++;
    if (sink->out) sink->out[at] = (Both){(uint32_t)hash, row};
}

/* Rows under every pair of classes of two of their tokens. With out NULL only counts, into start[bucket + 1];
   start: int64[2^bits + 1], zero at first. Returns how many pairs, -1 without memory. */
EXPORT int64_t lk_pairs(const Row *rows, int64_t n, const uint32_t *row_tokens, const int64_t *class_ends, const int32_t *classes,
                        int bits, int64_t *start, Both *out) {
    int64_t buckets = 1ll << bits, *next = out ? malloc((size_t)buckets * sizeof *next) : start + 1;
    if (!next) return -1;
    if (out) memcpy(next, start, (size_t)buckets * sizeof *next);
    Sink sink = {next, out, bits};
    for (int64_t r = 0; r < n; r++) {
        const uint32_t *tokens = row_tokens + rows[r].tokens_at;
        for (int i = 0; i < rows[r].tokens; i++)
            for (int j = 0; j < i; j++) {
                int64_t a = tokens[i] & 0x3fffffff, b = tokens[j] & 0x3fffffff;
                for (int64_t c = class_ends[a]; c < class_ends[a + 1]; c++)
                    for (int64_t d = class_ends[b]; d < class_ends[b + 1]; d++) put_pair(&sink, classes[c], classes[d], (int32_t)r);
            }
    }
    if (out) free(next);
    else for (int64_t b = 0; b < buckets; b++) start[b + 1] += start[b];
    return start[buckets];
}

/* Pack document numbers: letters and digits only, the first twenty of them, upper case; forwards and backwards.
   bits: what an exact agreement is worth by the space of such numbers, 10 for a digit and 26 for a letter. */
EXPORT void lk_pack_papers(const uint8_t *data, const int64_t *ends, int64_t n, int32_t shared, Paper *front, Paper *back) {
    for (int64_t i = 0; i < n; i++) {
        uint8_t code[20];
        int count = 0;
        int32_t bits = -shared;
        for (int64_t k = ends[i]; k < ends[i + 1] && count < 20; k++) {
            uint8_t c = data[k] >= 'a' && data[k] <= 'z' ? data[k] - 32 : data[k];
            if (c >= '0' && c <= '9') code[count++] = (uint8_t)(c - '0' + 1), bits += 33219;
            else if (c >= 'A' && c <= 'Z') code[count++] = (uint8_t)(c - 'A' + 11), bits += 47004;
        }
        for (int side = 0; side < 2; side++) {
            Paper *p = (side ? back : front) + i;
            unsigned __int128 packed = 0;
            for (int k = 0; k < count; k++) packed |= (unsigned __int128)code[side ? count - 1 - k : k] << (122 - 6 * k);
            packed |= (unsigned)count;
            p->high = (uint64_t)(packed >> 64);
            p->low = (uint64_t)packed;
            p->bits = bits > 0 ? bits : 0;
        }
    }
}

/* Substituted, dropped, added or swapped with its neighbour: is exactly one character of the numbers off? */
int one_character_off(const Paper *a, const Paper *b) {
    unsigned __int128 x = (unsigned __int128)a->high << 64 | (a->low & ~255ull), y = (unsigned __int128)b->high << 64 | (b->low & ~255ull);
    int by = (int)(a->low & 255) - (int)(b->low & 255);
    if (by > 1 || by < -1 || x == y) return by == 1 || by == -1;
    unsigned __int128 off = x ^ y;
    int at = (off >> 64 ? __builtin_clzll((uint64_t)(off >> 64)) : 64 + __builtin_clzll((uint64_t)off)) / 6 * 6;
    unsigned __int128 p = x << at, q = y << at;
    if (by == 1) return p << 6 == q;
    if (by == -1) return p == q << 6;
    if (p << 6 == q << 6) return 1;
    return p << 12 == q << 12 && p >> 122 == (q >> 116 & 63) && q >> 122 == (p >> 116 & 63);
}

/* What the papers of an asked person and of a person in the index agree in; 0 for nothing. */
int32_t papers_worth(const Index *x, const Asks *asks, int32_t asked, int32_t person) {
    int32_t best = 0;
    for (int64_t d = asks->paper_ends[asked]; d < asks->paper_ends[asked + 1]; d++)
        for (int64_t e = x->paper_ends[person]; e < x->paper_ends[person + 1]; e++) {
            const Paper *own = asks->papers[0] + d, *held = x->papers[0] + x->paper_at[e];
            int same = own->high == held->high && own->low == held->low;
            if (!(own->low & 255) || (!same && !one_character_off(own, held))) continue;
            int32_t worth = (own->bits < held->bits ? own->bits : held->bits) - (same ? 0 : x->weights.document_typo);
            if (worth > best) best = worth;
        }
    return best;
}

/* The accounts of n asks against as many rows, for the reasons of alerts and for tests. */
EXPORT void lk_accounts(const Index *x, const Asks *asks, const int32_t *ask, const int32_t *row, int64_t n, Cache *cache, Account *out) {
    for (int64_t h = 0; h < n; h++) {
        Account *found = out + h;
        int32_t asked = asks->name_person[asks->ask_name[ask[h]]];
        account(x, asks, ask[h], row[h], papers_worth(x, asks, asked, x->row[row[h]].person), cache, found);
        const uint32_t *a = asks->name_tokens + asks->name_ends[asks->ask_name[ask[h]]], *b = x->row_tokens + x->row[row[h]].tokens_at;
        for (int k = 0; k < found->pairs; k++) {
            Pair *p = found->pair + k;
            int level = p->level;
            if (!p->kind)
                pair_weight(x, &asks->book, asks->book.tokens + (a[p->i] & 0x3fffffff), x->book.tokens + (b[p->j] & 0x3fffffff), &level);
            p->level = level;
        }
    }
}

/* Every row against one ask, without candidates: the brute force that candidates are measured against.
   Returns how many rows reach the least score; scores: int32[rows]. */
EXPORT int64_t lk_exhaust(const Index *x, const Asks *asks, int64_t ask, Cache *cache, int32_t *scores) {
    Account found;
    int64_t enough = 0;
    int32_t asked = asks->name_person[asks->ask_name[ask]];
    for (int64_t row = 0; row < x->rows; row++) {
        scores[row] = account(x, asks, ask, row, papers_worth(x, asks, asked, x->row[row].person), cache, &found);
        if (!found.pairs && !found.document) scores[row] = -NO_MATCH;
        enough += scores[row] >= asks->least;
    }
    return enough;
}

/* A checksum against damage, not against an enemy: four lanes of multiply and fold over 8-byte words. */
EXPORT uint64_t lk_checksum(const uint8_t *bytes, int64_t length) {
    const uint64_t prime = 0x9e3779b97f4a7c15u;
    uint64_t lane[4] = {prime, ~prime, prime * 3, prime * 5}, word;
    int64_t i = 0;
    for (; i + 32 <= length; i += 32)
        for (int k = 0; k < 4; k++) {
            memcpy(&word, bytes + i + 8 * k, 8);
            lane[k] = (lane[k] ^ word) * prime;
            lane[k] ^= lane[k] >> 29;
        }
    for (; i < length; i++) lane[i & 3] = (lane[i & 3] ^ bytes[i]) * prime, lane[i & 3] ^= lane[i & 3] >> 29;
    uint64_t sum = (uint64_t)length;
    for (int k = 0; k < 4; k++) sum = (sum ^ lane[k]) * prime, sum ^= sum >> 32;
    return sum;
}
