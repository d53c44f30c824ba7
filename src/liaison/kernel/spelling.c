/* Spellings: fold, skeleton, mask, and what it costs to take two of them for one name.
   The readable twins are matching/phonetics.py and matching/similarity.py. */
#include "kernel.h"

enum { SAME, OTHER_FORM, FOLDED, VARIANT, VOWELS, TYPO, FOLDED_TYPO, CUT, TYPO_TWICE };
enum { AT_START = 1, AT_END = 2 };

static int fold_form(const Phonetics *t, const uint8_t *raw, int length, uint8_t *out) {
    int made = 0;
    for (int i = 0; i < length;) {
        unsigned letter = raw[i] - 'a';
        const Rule *found = NULL;
        if (letter < 26)
            for (int r = t->first[letter]; r < t->first[letter + 1] && !found; r++) {
                const Rule *rule = t->rules + r;
                if ((rule->flags & AT_START && i) || i + rule->length > length) continue;
                if (rule->flags & AT_END && i + rule->length != length) continue;
                if (!memcmp(rule->pattern, raw + i, rule->length)) found = rule;
            }
        const uint8_t *from = found ? found->out : raw + i;
        for (int k = 0, n = found ? found->out_length : 1; k < n; k++)
            if (!made || out[made - 1] != from[k]) out[made++] = from[k];
        i += found ? found->length : 1;
    }
    if (!made) memcpy(out, raw, (size_t)(made = length));
    return made;
}

/* Write one form (at most LONGEST letters) with its header at pool; returns its size in 16-byte blocks. */
int write_form(const Phonetics *t, const uint8_t *raw, int length, uint8_t *pool) {
    static const int8_t twice[10] = {-1, 10, 11, -1, -1, 12, 13, 14, 15, -1}; /* T K M N R S */
    if (length > LONGEST) length = LONGEST;
    Form *form = (Form *)pool;
    uint8_t *folded = pool + sizeof(Form) + length, classes[LONGEST];
    memset(form, 0, sizeof *form);
    memcpy(pool + sizeof(Form), raw, (size_t)length);
    int fold_length = fold_form(t, raw, length, folded), count = 0;
    unsigned mask = 0;
    for (int i = 0; i < fold_length; i++) {
        unsigned letter = folded[i] - 'a', class = letter < 26 ? t->classes[letter] : 255;
        for (int v = 0; v < 5; v++) if (folded[i] == "aeiou"[v]) mask |= 1u << (16 + v);
        if (class == 255 || (count && classes[count - 1] == class)) continue;
        if (mask >> class & 1 && twice[class] >= 0) mask |= 1u << twice[class];
        mask |= 1u << class;
        classes[count++] = (uint8_t)class;
    }
    form->length = (uint8_t)length;
    form->fold_length = (uint8_t)fold_length;
    form->skeleton_length = (uint8_t)count;
    uint32_t beginning = 0x811C9DC5u;
    for (int i = 0; i < 4 && i < length; i++) beginning = (beginning ^ raw[i]) * 0x01000193u;
    beginning = (beginning ^ beginning >> 11 ^ beginning >> 22) & 0x7FF;
    form->mask = mask | beginning << 21;
    form->skeleton = count ? (uint32_t)hash_bytes(classes, (size_t)count) : 0;
    int size = (int)sizeof(Form) + length + fold_length, blocks = (size + 15) / 16;
    memset(pool + size, 0, (size_t)(blocks * 16 - size));
    form->blocks = (uint8_t)blocks;
    return blocks;
}

/* Optimal string alignment distance of at most 63 letters each (Hyyro 2003, bit-parallel). */
int osa(const uint8_t *a, int m, const uint8_t *b, int n) {
    while (m && n && a[0] == b[0]) a++, b++, m--, n--;
    while (m && n && a[m - 1] == b[n - 1]) m--, n--;
    if (!m || !n) return m + n;
    if (m == 1 && n == 1) return 1;
    uint64_t where[256];
    for (int j = 0; j < n; j++) where[b[j]] = 0;
    for (int i = 0; i < m; i++) where[a[i]] = 0;
    for (int i = 0; i < m; i++) where[a[i]] |= 1ull << i;
    uint64_t vp = ~0ull, vn = 0, d0 = 0, before = 0, last = 1ull << (m - 1);
    int distance = m;
    for (int j = 0; j < n; j++) {
        uint64_t match = where[b[j]], swap = (((~d0) & match) << 1) & before;
        d0 = (((match & vp) + vp) ^ vp) | match | vn | swap;
        uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
        distance += (hp & last) != 0;
        distance -= (hn & last) != 0;
        hp = hp << 1 | 1;
        hn <<= 1;
        vp = hn | ~(d0 | hp);
        vn = hp & d0;
        before = match;
    }
    return distance;
}

/* osa, or 2 for any distance above 1, which takes no vectors to see. */
static int osa_to_one(const uint8_t *a, int m, const uint8_t *b, int n) {
    while (m && n && a[0] == b[0]) a++, b++, m--, n--;
    while (m && n && a[m - 1] == b[n - 1]) m--, n--;
    if (m + n <= 1 || (m == 1 && n == 1)) return m > n ? m : n;
    return m == 2 && n == 2 && a[0] == b[1] && a[1] == b[0] ? 1 : 2;
}

static inline void keep(int32_t *best, int *level, int32_t cost, int as) {
    if (cost < *best || (cost == *best && as < *level)) *best = cost, *level = as;
}

int32_t form_cost(const Form *a, const Form *b, const Costs *c, int *level) {
    const uint8_t *x = letters(a), *y = letters(b), *fx = fold_letters(a), *fy = fold_letters(b);
    int la = a->length, lb = b->length, fa = a->fold_length, fb = b->fold_length;
    *level = TYPO_TWICE;
    if (la == lb && !memcmp(x, y, (size_t)la)) return *level = SAME, c->same;
    if (fa == fb && !memcmp(fx, fy, (size_t)fa)) return *level = FOLDED, c->folded;
    int apart = __builtin_popcount((a->mask ^ b->mask) & SOUNDS), sound = -1;
    int shorter = la < lb ? la : lb, longer = la < lb ? lb : la;
    int32_t best = NO_MATCH;
    if (a->skeleton_length >= 2 && a->skeleton_length == b->skeleton_length && a->skeleton == b->skeleton) {
        sound = osa(fx, fa, fy, fb);
        keep(&best, level, c->vowels + c->vowel_step * sound + (a->skeleton_length == 2 ? c->short_skeleton : 0), VOWELS);
    }
    if (shorter >= 3 && shorter < 6 && apart <= 2 && longer - shorter <= 4) {
        if (osa_to_one(x, la, y, lb) == 1) keep(&best, level, c->typo, TYPO);
        else if (osa_to_one(fx, fa, fy, fb) == 1) keep(&best, level, c->folded_typo, FOLDED_TYPO);
    } else if (shorter >= 6 && apart <= 4 && longer - shorter <= 4) {
        int raw = osa(x, la, y, lb);
        if (raw == 1 && apart <= 2) keep(&best, level, c->typo, TYPO);
        else {
            if (sound < 0) sound = osa(fx, fa, fy, fb);
            if (sound == 1 && apart <= 2) keep(&best, level, c->folded_typo, FOLDED_TYPO);
            else if (raw <= 2 || sound <= 2) keep(&best, level, c->typo_twice, TYPO_TWICE);
        }
    }
    if (shorter >= 4 && longer - shorter <= 5 && !memcmp(x, y, (size_t)shorter)) keep(&best, level, c->cut, CUT);
    return best;
}

/* The cheapest way to take two tokens for one name, over their forms and the variants of given names. */
int32_t token_cost(const Book *book_a, const Token *a, const Book *book_b, const Token *b, const Costs *c, int *level) {
    int32_t best = NO_MATCH;
    *level = TYPO_TWICE;
    const Form *first = form_at(book_a, a);
    for (int i = 0; i < a->forms; i++, first = next_form(first)) {
        const Form *second = form_at(book_b, b);
        for (int j = 0; j < b->forms; j++, second = next_form(second)) {
            uint32_t off = first->mask ^ second->mask;
            if (off & CONSONANTS && off >> 21 && __builtin_popcount(off & SOUNDS) > 4) continue;
            int as;
            int32_t cost = form_cost(first, second, c, &as);
            if (i + j && cost < NO_MATCH) cost += c->other_form;
            keep(&best, level, cost, as == SAME && i + j ? OTHER_FORM : as);
        }
    }
    const uint32_t *ga = book_a->groups + a->groups_at, *gb = book_b->groups + b->groups_at;
    for (int i = 0; i < a->groups; i++)
        for (int j = 0; j < b->groups; j++)
            if (ga[i] == gb[j]) keep(&best, level, c->variant, VARIANT);
    return best;
}

EXPORT int32_t lk_form_cost(const Phonetics *t, const uint8_t *a, int la, const uint8_t *b, int lb, const Costs *c, int32_t *level) {
    _Alignas(16) uint8_t pool_a[192], pool_b[192];
    int as;
    write_form(t, a, la, pool_a);
    write_form(t, b, lb, pool_b);
    int32_t cost = form_cost((Form *)pool_a, (Form *)pool_b, c, &as);
    *level = as;
    return cost;
}
