/* What it says for and against two entries being one person: every score is the sum of what `account` lists.
   The readable twin is matching/evidence.py. */
#include "index.h"

#define NO_WEIGHT (-NO_MATCH)

/* Months or days that are not known are 0. */
static inline int year_of(int32_t code) { return code >> 9; }
static inline int month_of(int32_t code) { return code >> 5 & 15; }
static inline int day_of(int32_t code) { return code & 31; }

int grade_dates(int32_t a, int32_t b) {
    if (!a || !b) return MISSING;
    if (!month_of(a) || !month_of(b) || !day_of(a) || !day_of(b)) {
        int years = year_of(a) - year_of(b);
        if (!years) return month_of(a) && month_of(b) && month_of(a) != month_of(b) ? YEAR : YEAR_KNOWN;
        return years == 1 || years == -1 ? YEAR_NEAR : DIFFERENT;
    }
    if (a == b) return EQUAL;
    int years = year_of(a) - year_of(b), same_month = month_of(a) == month_of(b), same_day = day_of(a) == day_of(b);
    if (same_month && same_day) return years == 1 || years == -1 ? YEAR_ONE : years == 10 || years == -10 ? YEAR_TEN : DAY_MONTH;
    if (years) return DIFFERENT;
    if (month_of(a) == day_of(b) && day_of(a) == month_of(b)) return SWAPPED;
    if ((a & 511) == 33 || (b & 511) == 33) return FIRST_JANUARY;
    return same_month ? DAY : same_day ? MONTH : YEAR;
}

static inline int32_t date_bits(const Index *x, int32_t code) {
    int32_t at = code - FIRST_YEAR * 512;
    return x->date_bits[at < 0 ? 0 : at >= CODES ? CODES - 1 : at];
}

int32_t date_evidence(const Index *x, int grade, int32_t a, int32_t b) {
    if (grade == MISSING) return 0;
    if (grade == DIFFERENT) return -x->weights.loss[DIFFERENT];
    int32_t bits;
    if (grade == FIRST_JANUARY) bits = date_bits(x, (a & 511) == 33 ? a : b);
    else {
        int32_t p = date_bits(x, a), q = date_bits(x, b);
        bits = p < q ? p : q;
    }
    bits -= x->weights.loss[grade];
    return bits < -x->weights.loss[DIFFERENT] ? -x->weights.loss[DIFFERENT] : bits;
}

static int32_t weigh(int32_t rarity_a, int32_t rarity_b, int32_t cost) {
    int32_t rarer = rarity_a > rarity_b ? rarity_a : rarity_b, commoner = rarity_a > rarity_b ? rarity_b : rarity_a;
    return rarer - cost < commoner ? rarer - cost : commoner;
}

/* The evidence of two tokens for one name, NO_WEIGHT when they are not one name. */
int32_t pair_weight(const Index *x, const Book *asked, const Token *a, const Token *b, int *level) {
    const Weights *w = &x->weights;
    if ((a->flags | b->flags) & INITIAL) {
        *level = GRADES;
        if (*letters(form_at(asked, a)) != *letters(form_at(&x->book, b))) return NO_WEIGHT;
        return a->flags & b->flags & INITIAL ? w->initials : w->initial;
    }
    int32_t cost = token_cost(asked, a, &x->book, b, &w->costs, level);
    if (cost >= NO_MATCH) return NO_WEIGHT;
    int32_t weight = weigh(a->rarity, b->rarity, cost);
    if ((a->flags | b->flags) & PARTICLE && weight > w->particle) weight = w->particle;
    return weight;
}

/* Can two tokens with one form each, and no variants, be one name at all? True wherever form_cost finds a cost. */
static inline int comparable(const Token *a, const Token *b) {
    uint32_t off = a->mask ^ b->mask;
    return !(off & CONSONANTS) || __builtin_popcount(off & SOUNDS) <= 4 || !(off >> 21);
}

int32_t cached_weight(const Index *x, const Book *asked, uint32_t a, uint32_t b, Cache *cache) {
    const Token *p = asked->tokens + a, *q = x->book.tokens + b;
    if (p->forms + q->forms == 2 && !(p->group_bits & q->group_bits) && !((p->flags | q->flags) & INITIAL) && !comparable(p, q)) return NO_WEIGHT;
    uint64_t key = ((uint64_t)a << 32 | b) + 1;
    Remembered *slot = cache->slot + (key * 0x9e3779b97f4a7c15u >> (64 - CACHE_BITS));
    if (slot->key == key && slot->epoch == cache->epoch) return slot->weight;
    int level;
    *slot = (Remembered){key, pair_weight(x, asked, asked->tokens + a, x->book.tokens + b, &level), cache->epoch};
    return slot->weight;
}

/* Do the letters of two tokens run together to those of a third, by spelling or by sound? */
static int32_t joined_weight(const Index *x, const Book *parts, const Token *a, const Token *b, const Book *whole, const Token *c, int *level) {
    if (a->length + b->length != c->length && a->fold_length + b->fold_length != c->fold_length) return NO_WEIGHT;
    const Form *p = form_at(parts, a), *q = form_at(parts, b), *r = form_at(whole, c);
    int same = p->length + q->length == r->length && !memcmp(letters(r), letters(p), p->length)
               && !memcmp(letters(r) + p->length, letters(q), q->length);
    int sound = p->fold_length + q->fold_length == r->fold_length && !memcmp(fold_letters(r), fold_letters(p), p->fold_length)
                && !memcmp(fold_letters(r) + p->fold_length, fold_letters(q), q->fold_length);
    if (!same && !sound) return NO_WEIGHT;
    *level = same ? 0 : 2;
    return weigh(a->rarity + b->rarity, c->rarity, x->weights.joined + (same ? 0 : x->weights.costs.folded));
}

typedef struct { const Token *token; uint32_t number, role; } Word;

static inline int adjacent(const Word *w, int i, int n) { return i + 1 < n && w[i].role == w[i + 1].role; }

/* Choose pairs, the heaviest first, no token twice; ties to the smaller i, then j, then kind. */
static int align(const Index *x, const Asks *asks, const Word *a, int na, const Word *b, int nb, Cache *cache, Pair *out) {
    int32_t weight[MOST_TOKENS][MOST_TOKENS];
    Pair joined[MOST_PAIRS];
    int joins = 0, chosen = 0, level;
    uint32_t left_a = na < 32 ? (1u << na) - 1 : ~0u, left_b = nb < 32 ? (1u << nb) - 1 : ~0u;
    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++) {
            weight[i][j] = cached_weight(x, &asks->book, a[i].number, b[j].number, cache);
            int32_t w;
            if (adjacent(b, j, nb) && joins < MOST_PAIRS
                && (w = joined_weight(x, &x->book, b[j].token, b[j + 1].token, &asks->book, a[i].token, &level)) > NO_WEIGHT)
                joined[joins++] = (Pair){1, i, j, level, w};
            if (adjacent(a, i, na) && joins < MOST_PAIRS
                && (w = joined_weight(x, &asks->book, a[i].token, a[i + 1].token, &x->book, b[j].token, &level)) > NO_WEIGHT)
                joined[joins++] = (Pair){2, i, j, level, w};
        }
    for (;;) {
        Pair best = {0, -1, -1, 0, -x->weights.replaced};
        for (int i = 0; i < na; i++)
            for (int j = 0; left_a >> i & 1 && j < nb; j++)
                if (left_b >> j & 1 && weight[i][j] > best.weight) best = (Pair){0, i, j, 0, weight[i][j]};
        for (int k = 0; k < joins; k++) {
            uint32_t need_a = (joined[k].kind == 2 ? 3u : 1u) << joined[k].i, need_b = (joined[k].kind == 1 ? 3u : 1u) << joined[k].j;
            if ((left_a & need_a) == need_a && (left_b & need_b) == need_b && joined[k].weight > best.weight) best = joined[k];
        }
        if (best.i < 0) return chosen;
        left_a &= ~((best.kind == 2 ? 3u : 1u) << best.i);
        left_b &= ~((best.kind == 1 ? 3u : 1u) << best.j);
        out[chosen++] = best;
    }
}

static int read_words(const Book *book, const uint32_t *tokens, int n, Word *out) {
    for (int i = 0; i < n; i++) {
        uint32_t number = tokens[i] & 0x3fffffff;
        out[i] = (Word){book->tokens + number, number, tokens[i] >> 30};
    }
    return n;
}

static int32_t sex_evidence(const Weights *w, int a, int b) { return !a || !b ? 0 : a == b ? w->sex_same[a & 3] : -w->sex_other; }

static int32_t nation_evidence(const Weights *w, const uint16_t *a, const uint16_t *b) {
    if (!a[0] || !b[0]) return 0;
    int same = a[0] == b[0] || a[0] == b[1] || (a[1] && (a[1] == b[0] || a[1] == b[1]));
    return same ? w->nation_same : -w->nation_other;
}

/* What tokens of one compound name, matched side by side, share beyond the dependence of any two names. */
static int32_t always_together(const Index *x, const Row *row, uint32_t used) {
    int32_t shared = 0;
    for (int j = 1; j < row->tokens; j++) {
        int32_t both = 100 * x->together[row->tokens_at + (uint32_t)j] - x->weights.dependence;
        if (used >> j & used >> (j - 1) & 1 && both > 0) shared += both;
    }
    return shared;
}

static void weigh_names(const Index *x, const Asks *asks, int64_t name, const Row *row, Cache *cache, Account *out) {
    Word a[MOST_TOKENS], b[MOST_TOKENS];
    const Weights *w = &x->weights;
    const uint32_t *tokens = asks->name_tokens + asks->name_ends[name];
    int na = read_words(&asks->book, tokens, (int)(asks->name_ends[name + 1] - asks->name_ends[name]), a);
    int nb = read_words(&x->book, x->row_tokens + row->tokens_at, row->tokens, b);
    uint32_t used_a = 0, used_b = 0;
    int counted = 0, crossed = 0;
    out->pairs = align(x, asks, a, na, b, nb, cache, out->pair);
    for (int k = 0; k < out->pairs; k++) {
        const Pair *p = out->pair + k;
        used_a |= (p->kind == 2 ? 3u : 1u) << p->i;
        used_b |= (p->kind == 1 ? 3u : 1u) << p->j;
        out->score += p->weight;
        if ((a[p->i].token->flags | b[p->j].token->flags) & PARTICLE) continue;
        counted++;
        crossed |= a[p->i].role && b[p->j].role && a[p->i].role != b[p->j].role;
    }
    for (int i = 0; i < na; i++) out->lost += !(used_a >> i & 1) && !(a[i].token->flags & PARTICLE);
    for (int j = 0; j < nb; j++) out->left_over += !(used_b >> j & 1) && !(b[j].token->flags & PARTICLE);
    int fewer = out->lost < out->left_over ? out->lost : out->left_over;
    out->unmatched = -(fewer * w->replaced + (out->lost + out->left_over - 2 * fewer) * w->extra);
    out->order = crossed ? -w->swapped_order : 0;
    out->dependence = (counted > 1 ? -(counted - 1) * w->dependence : 0) - always_together(x, row, used_b);
    out->score += out->unmatched + out->order + out->dependence;
}

/* The whole account of one ask against one row; returns its score. `document` is what their papers agree in, 0 for nothing. */
int32_t account(const Index *x, const Asks *asks, int64_t ask, int64_t row, int32_t document, Cache *cache, Account *out) {
    const Row *r = x->row + row;
    int32_t name = asks->ask_name[ask], person = asks->name_person[name], dob = asks->ask_dob[ask];
    memset(out, 0, offsetof(Account, pair));
    weigh_names(x, asks, name, r, cache, out);
    out->grade = grade_dates(dob, r->dob);
    out->date = date_evidence(x, out->grade, dob, r->dob);
    out->document = document;
    if (out->pairs || document) {
        out->sex = sex_evidence(&x->weights, asks->sex[person], r->sex);
        out->nation = nation_evidence(&x->weights, asks->nationality + 2 * (size_t)person, r->nationality);
    }
    return out->score += out->date + out->document + out->sex + out->nation;
}
