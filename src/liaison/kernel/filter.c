/* Which rows may reach the score that an alert needs: a true bound on what names are worth, from sketches alone. */
#include "filter.h"

static inline int32_t most_of(const Probe *p, const Sketch *row) {
    int32_t least = NO_MATCH;
    for (unsigned i = 0; i < row->count; i++) {
        uint32_t x = row->lane[i] ^ p->mask;
        int off = __builtin_popcount(x & SOUNDS);
        if (off > 4 && x & CONSONANTS && x >> 21) continue;
        int32_t cost = off < 5 ? p->off[off] : NO_MATCH;
        int32_t alike = off ? p->vowels : p->sound;
        if (!(x & CONSONANTS) && alike < cost) cost = alike;
        if (!(x >> 21) && p->cut < cost) cost = p->cut;
        if (!x && p->exact < cost) cost = p->exact;
        if (cost < least) least = cost;
    }
    if (least == NO_MATCH) return -NO_MATCH;
    int32_t spread = p->rarity > row->rarest ? p->rarity : row->rarest;
    return spread - least < p->cap ? spread - least : p->cap;
}

static inline int32_t most_of_variants(const Variants *v, const Sketch *row, int32_t cost) {
    for (unsigned i = 0; i < row->count; i++) {
        uint32_t bit = variant_bit(row->lane[i]);
        if (!(v->bits[bit >> 6] >> (bit & 63) & 1)) continue;
        int32_t spread = v->rarity > row->rarest ? v->rarity : row->rarest;
        return spread - cost < v->cap ? spread - cost : v->cap;
    }
    return -NO_MATCH;
}

static int32_t joined_bound(const Filter *f, const Sketch *row) {
    int32_t bound = 0;
    for (int i = 0; i < f->joins; i++)
        for (unsigned k = 0; k < row->count; k++)
            if (!((row->lane[k] ^ f->joined[i]) & CONSONANTS)) { bound += f->joined_most[i]; break; }
    return bound;
}

int32_t unmatched_at_least(int lost, int left_over, const Weights *w) {
    if (lost < 0) lost = 0;
    if (left_over < 0) left_over = 0;
    int fewer = lost < left_over ? lost : left_over;
    return fewer * w->replaced + (lost + left_over - 2 * fewer) * w->extra;
}

/* The most that the names can be worth to each other: a true bound, as tests/matching/test_bounds.py checks. Each token
   counted costs the dependence, save one; tokens that nothing meets cost what unmatched tokens cost.
   Stops, with a bound below `need`, as soon as the tokens not yet looked at could no longer reach it. */
int32_t name_bound(const Filter *f, const Weights *w, const Sketch *row, int32_t need) {
    if (row->crowded) return f->total;
    int32_t bound = w->dependence + (f->joins ? joined_bound(f, row) : 0), left = f->total - w->dependence;
    int met = 0;
    for (int k = 0; k < f->tokens; k++) {
        int i = f->by_weight[k];
        if (bound + left < need) return bound + left;
        left -= f->most[i];
        int32_t best = f->always[i];
        for (int p = f->ends[i]; p < f->ends[i + 1]; p++) {
            int32_t most = most_of(f->probe + p, row);
            if (most > best) best = most;
        }
        if (f->variants[i].any && best < f->variants[i].cap) {
            int32_t most = most_of_variants(f->variants + i, row, w->costs.variant);
            if (most > best) best = most;
        }
        if (best <= -w->replaced) continue;
        met += f->counts[i];
        best -= f->counts[i] ? w->dependence : 0;
        if (best > 0) bound += best;
    }
    return bound - unmatched_at_least(f->fewest - met, (int)row->tokens - met, w);
}

static Probe probe_of(const Form *form, int32_t cap, int32_t rarity, const Costs *c) {
    int32_t one = form->length < 3 ? NO_MATCH : c->typo, two = form->length < 6 ? NO_MATCH : c->typo_twice;
    return (Probe){form->mask, cap, rarity, c->same, c->folded, c->vowels + c->vowel_step, form->length < 4 ? NO_MATCH : c->cut, {one, one, one, two, two}};
}

static void prepare_token(const Asks *asks, const Weights *w, Filter *f, int i, uint32_t number, int *count) {
    const Token *token = asks->book.tokens + number;
    int32_t cap = token->flags & PARTICLE ? lesser(token->rarity, w->particle) : token->rarity;
    f->ends[i] = *count;
    f->always[i] = -NO_MATCH;
    f->counts[i] = !(token->flags & PARTICLE);
    f->most[i] = greater(cap - (f->counts[i] ? w->dependence : 0), 0);
    f->variants[i].any = 0;
    if (token->flags & INITIAL) {
        f->always[i] = greater(w->initials, w->initial);
        f->most[i] = greater(f->always[i] - w->dependence, 0);
        return;
    }
    const Form *form = form_at(&asks->book, token);
    for (int k = 0; k < token->forms; k++, form = next_form(form)) f->probe[(*count)++] = probe_of(form, cap, token->rarity, &w->costs);
    if (asks->variant_ends[number] == asks->variant_ends[number + 1]) return;
    Variants *v = f->variants + i;
    memset(v->bits, 0, sizeof v->bits);
    v->any = 1, v->cap = cap, v->rarity = token->rarity;
    for (int64_t k = asks->variant_ends[number]; k < asks->variant_ends[number + 1]; k++) {
        uint32_t bit = variant_bit(asks->variant_masks[k]);
        v->bits[bit >> 6] |= 1ull << (bit & 63);
    }
}

void prepare_filter(const Asks *asks, const Phonetics *t, const Weights *w, int64_t ask, Filter *f) {
    int64_t name = asks->ask_name[ask];
    const uint32_t *tokens = asks->name_tokens + asks->name_ends[name];
    int count = 0;
    f->tokens = (int)(asks->name_ends[name + 1] - asks->name_ends[name]);
    f->joins = f->fewest = 0;
    f->total = w->dependence;
    for (int i = 0; i < f->tokens; i++) {
        prepare_token(asks, w, f, i, tokens[i] & 0x3fffffff, &count);
        f->total += f->most[i];
        f->fewest += f->counts[i];
        int at = i;
        for (; at > 0 && f->most[f->by_weight[at - 1]] < f->most[i]; at--) f->by_weight[at] = f->by_weight[at - 1];
        f->by_weight[at] = i;
    }
    f->ends[f->tokens] = count;
    for (int i = 0; i + 1 < f->tokens; i++) {
        if (tokens[i] >> 30 != tokens[i + 1] >> 30) continue;
        const Token *a = asks->book.tokens + (tokens[i] & 0x3fffffff), *b = asks->book.tokens + (tokens[i + 1] & 0x3fffffff);
        uint32_t masks[2];
        for (int m = joined_masks(t, &asks->book, a, b, masks); m-- > 0; f->joins++) {
            f->joined[f->joins] = masks[m];
            f->joined_most[f->joins] = a->rarity + b->rarity;
        }
        f->fewest--;
    }
    int32_t person = asks->name_person[name];
    f->sex = asks->sex[person];
    f->nationality = asks->nationality[2 * (size_t)person];
    f->second_nationality = asks->nationality[2 * (size_t)person + 1] != 0;
    f->sex_same = w->sex_same[f->sex & 3], f->sex_other = w->sex_other;
    f->nation_same = w->nation_same, f->nation_other = w->nation_other;
    f->extras = (f->sex ? f->sex_same : 0) + (f->nationality ? f->nation_same : 0);
}
