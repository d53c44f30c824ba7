/* Candidates: which rows can reach the score that an alert needs, and their scores.
   Blocks of near dates are read whole; other rows are found under the sound of the rarest tokens. */
#include <stdlib.h>
#include "index.h"

#define MOST_MASKS 40
typedef uint32_t Lanes __attribute__((vector_size(32)));
typedef uint64_t Words __attribute__((vector_size(32)));

/* One way in which a token of the ask may be met, and the most it is then worth: consonants equal, one letter off,
   cut short, two letters off. A variant's spelling must be met as it is. */
typedef struct { uint32_t mask; int32_t exact, consonants, typo, cut, twice; } Probe;

typedef struct {
    Probe probe[MOST_MASKS * 2];
    int32_t ends[MOST_TOKENS + 1], always[MOST_TOKENS];
    uint32_t joined[2 * MOST_TOKENS]; int32_t joined_most[2 * MOST_TOKENS];
    int32_t most[MOST_TOKENS], by_weight[MOST_TOKENS];
    int tokens, joins;
    int32_t total, extras;
} Filter;

typedef struct {
    const Index *x; const Asks *asks; const Phonetics *t;
    Cache *cache; uint32_t *seen; uint32_t stamp;
    Hit *out; int64_t room, made;
    int64_t read, scored;
    int64_t ask; int32_t dob; Filter filter;
} Search;

static inline int any(Lanes lanes) {
    Words w = (Words)lanes;
    return (w[0] | w[1] | w[2] | w[3]) != 0;
}

static inline int32_t most_of(const Probe *p, Lanes lanes) {
    Lanes off = lanes ^ p->mask;
    if (p->exact && any((Lanes)(off == 0))) return p->exact;
    if (!p->consonants) return 0;
    if (any((Lanes)((off & CONSONANTS) == 0))) return p->consonants;
    int32_t most = p->cut && any((Lanes)(off >> 21 == 0)) ? p->cut : 0;
    off &= SOUNDS;
    off &= off - 1;
    off &= off - 1;
    if (any((Lanes)(off == 0))) return p->typo > most ? p->typo : most;
    if (most || !p->twice) return most;
    off &= off - 1;
    off &= off - 1;
    return any((Lanes)(off == 0)) ? p->twice : 0;
}

/* The most that the names can be worth to each other: a true bound, as tests/matching/test_bounds.py checks. */
static int32_t name_bound(const Filter *f, const uint32_t *lanes) {
    Lanes row;
    memcpy(&row, lanes, sizeof row);
    if (lanes[LANES - 1] == CROWDED) return f->total;
    int32_t bound = 0;
    for (int i = 0; i < f->tokens; i++) {
        int32_t best = f->always[i];
        for (int k = f->ends[i]; k < f->ends[i + 1]; k++) {
            int32_t most = most_of(f->probe + k, row);
            if (most > best) best = most;
        }
        bound += best;
    }
    for (int i = 0; i < f->joins; i++) {
        if (any((Lanes)(((row ^ f->joined[i]) & CONSONANTS) == 0))) bound += f->joined_most[i];
    }
    return bound;
}

static int32_t lesser(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t greater(int32_t a, int32_t b) { return a > b ? a : b; }

static int32_t worth(int32_t cap, int32_t spread, int32_t cost) { return greater(lesser(cap, spread - cost), 0); }

static void prepare_token(const Search *s, Filter *f, int i, uint32_t number, int *count) {
    const Asks *asks = s->asks;
    const Weights *w = &s->x->weights;
    const Token *token = asks->book.tokens + number;
    int32_t cap = token->flags & PARTICLE ? lesser(token->rarity, w->particle) : token->rarity;
    int32_t spread = greater(token->rarity, w->rarest);
    int first = *count;
    f->ends[i] = first;
    f->always[i] = 0;
    f->most[i] = greater(cap, 0);
    if (token->flags & INITIAL) {
        f->always[i] = f->most[i] = greater(w->initials, w->initial);
        return;
    }
    int64_t variants = asks->variant_ends[number + 1] - asks->variant_ends[number];
    if (*count + token->forms + variants > MOST_MASKS * 2 || variants + token->forms > MOST_MASKS / 2) {
        f->always[i] = f->most[i]; /* more masks than are worth testing: the token can always match */
        return;
    }
    const Form *form = form_at(&asks->book, token);
    for (int k = 0; k < token->forms; k++, form = next_form(form))
        f->probe[(*count)++] = (Probe){
            form->mask, 0, f->most[i], form->length < 3 ? 0 : worth(cap, spread, w->costs.typo),
            form->length < 4 ? 0 : worth(cap, spread, w->costs.cut), form->length < 6 ? 0 : worth(cap, spread, w->costs.typo_twice)};
    for (int64_t k = asks->variant_ends[number]; k < asks->variant_ends[number + 1]; k++)
        f->probe[(*count)++] = (Probe){asks->variant_masks[k], worth(cap, spread, w->costs.variant), 0, 0, 0, 0};
}

static void prepare(Search *s) {
    Filter *f = &s->filter;
    const Asks *asks = s->asks;
    const Weights *w = &s->x->weights;
    int64_t name = asks->ask_name[s->ask];
    const uint32_t *tokens = asks->name_tokens + asks->name_ends[name];
    int count = 0;
    f->tokens = (int)(asks->name_ends[name + 1] - asks->name_ends[name]);
    f->joins = 0;
    f->total = 0;
    for (int i = 0; i < f->tokens; i++) {
        prepare_token(s, f, i, tokens[i] & 0x3fffffff, &count);
        f->total += f->most[i];
        int at = i;
        for (; at > 0 && f->most[f->by_weight[at - 1]] < f->most[i]; at--) f->by_weight[at] = f->by_weight[at - 1];
        f->by_weight[at] = i;
    }
    f->ends[f->tokens] = count;
    for (int i = 0; i + 1 < f->tokens; i++) {
        if (tokens[i] >> 30 != tokens[i + 1] >> 30) continue;
        const Token *a = asks->book.tokens + (tokens[i] & 0x3fffffff), *b = asks->book.tokens + (tokens[i + 1] & 0x3fffffff);
        uint32_t masks[2];
        for (int m = joined_masks(s->t, &asks->book, a, b, masks); m-- > 0; f->joins++) {
            f->joined[f->joins] = masks[m];
            f->joined_most[f->joins] = a->rarity + b->rarity;
        }
    }
    int32_t person = asks->name_person[name];
    f->extras = (asks->sex[person] ? w->sex_same[asks->sex[person] & 3] : 0) + (asks->nationality[2 * (size_t)person] ? w->nation_same : 0);
}

static void emit(Search *s, int64_t row, int32_t document) {
    const Row *r = s->x->row + row;
    if (s->x->removed[r->person] || !s->asks->list_open[r->list]) return;
    Account found;
    s->scored++;
    if (account(s->x, s->asks, s->ask, row, document, s->cache, &found) < s->asks->least || (!found.pairs && !document)) return;
    if (s->made < s->room) s->out[s->made] = (Hit){(int32_t)s->ask, (int32_t)row, found.score};
    s->made++;
}

/* Read every row of a block whose dates all have one grade. */
static void read_block(Search *s, int32_t code) {
    int32_t at = code - FIRST_YEAR * 512;
    if (at < 0 || at >= CODES) return;
    const Index *x = s->x;
    int64_t from = x->start[at], to = x->start[at + 1];
    if (from == to) return;
    int32_t need = s->asks->least - s->filter.extras - date_evidence(x, grade_dates(s->dob, code), s->dob, code);
    if (s->filter.total < need) return;
    s->read += to - from;
    for (int64_t row = from; row < to; row++)
        if (name_bound(&s->filter, x->lanes + row * LANES) >= need && s->seen[row] != s->stamp) {
            s->seen[row] = s->stamp;
            emit(s, row, 0);
        }
}

static void consider(Search *s, int64_t row, int32_t path_need) {
    const Index *x = s->x;
    s->read++;
    int32_t bound = name_bound(&s->filter, x->lanes + row * LANES);
    if (bound < path_need || s->seen[row] == s->stamp) return;
    int32_t dob = x->row[row].dob;
    if (bound + s->filter.extras + date_evidence(x, grade_dates(s->dob, dob), s->dob, dob) < s->asks->least) return;
    s->seen[row] = s->stamp;
    emit(s, row, 0);
}

static const int32_t *first_not_below(const int32_t *from, const int32_t *to, int64_t value) {
    while (from < to) {
        const int32_t *middle = from + (to - from) / 2;
        if (*middle < value) from = middle + 1; else to = middle;
    }
    return from;
}

static void scan_rows(Search *s, int32_t class, int64_t from, int64_t to, int32_t need) {
    const int32_t *end = s->x->post + s->x->posted[class + 1];
    for (const int32_t *p = first_not_below(s->x->post + s->x->posted[class], end, from); p < end && *p < to; p++)
        consider(s, *p, need);
}

static void scan_day(Search *s, int32_t class, int32_t need) {
    const Index *x = s->x;
    uint16_t day = (uint16_t)(s->dob & 511);
    int64_t low = x->posted[class], high = x->posted[class + 1], end = high;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (x->post_day_key[middle] < day) low = middle + 1; else high = middle;
    }
    for (; low < end && x->post_day_key[low] == day; low++) consider(s, x->post_day[low], need);
}

typedef struct { int by_day; int64_t from, to; int32_t need; } Path;

/* Look under the classes of the rarest tokens, until the others alone could no longer reach the need. */
static void follow(Search *s, const Path *path) {
    const Filter *f = &s->filter;
    const Asks *asks = s->asks;
    if (f->total < path->need || path->from >= path->to) return;
    const uint32_t *tokens = asks->name_tokens + asks->name_ends[asks->ask_name[s->ask]];
    int32_t reach = f->total;
    for (int k = 0; k < f->tokens && reach >= path->need; k++) {
        int i = f->by_weight[k];
        uint32_t number = tokens[i] & 0x3fffffff;
        for (int64_t c = asks->class_ends[number]; c < asks->class_ends[number + 1]; c++) {
            if (asks->classes[c] < 0) continue;
            if (path->by_day) scan_day(s, asks->classes[c], path->need);
            else scan_rows(s, asks->classes[c], path->from, path->to, path->need);
        }
        reach -= lesser(f->most[i], s->x->weights.discount);
    }
}

static int32_t path_need(const Search *s, int32_t date) { return s->asks->least - s->filter.extras - date; }

static int32_t known_bits(const Search *s, int32_t code) {
    int32_t at = code - FIRST_YEAR * 512;
    return s->x->date_bits[at < 0 ? 0 : at >= CODES ? CODES - 1 : at];
}

static int64_t start_of(const Index *x, int32_t code) {
    int32_t at = code - FIRST_YEAR * 512;
    return x->start[at < 0 ? 0 : at > CODES ? CODES : at];
}

static void ask_dated(Search *s) {
    const Index *x = s->x;
    const int32_t *loss = x->weights.loss, bits = known_bits(s, s->dob);
    int32_t dob = s->dob, year = dob >> 9, month = dob >> 5 & 15, day = dob & 31;
    if (month && day) {
        read_block(s, dob);
        if (day <= 12 && day != month) read_block(s, year * 512 + day * 32 + month);
        static const int steps[4] = {1, -1, 10, -10};
        for (int k = 0; k < 4; k++) read_block(s, dob + steps[k] * 512);
        follow(s, &(Path){1, 0, x->undated, path_need(s, bits - loss[DAY_MONTH])});
    }
    int32_t in_year = bits - lesser(lesser(loss[DAY], loss[MONTH]), loss[FIRST_JANUARY]);
    int32_t year_bits = known_bits(s, year * 512 + (month && !day ? month * 32 : 0));
    in_year = greater(in_year, year_bits - loss[YEAR_KNOWN]);
    in_year = greater(in_year, known_bits(s, year * 512 + 33) - loss[FIRST_JANUARY]);
    follow(s, &(Path){0, start_of(x, year * 512), start_of(x, (year + 1) * 512), path_need(s, in_year)});
    for (int step = -1; step <= 1; step += 2) {
        int32_t near = (year + step) * 512, end = month && day ? near + 32 : near + 512;
        follow(s, &(Path){0, start_of(x, near), start_of(x, end), path_need(s, known_bits(s, near) - loss[YEAR_NEAR])});
    }
    follow(s, &(Path){0, x->undated, x->rows, path_need(s, 0)});
    follow(s, &(Path){0, 0, x->undated, path_need(s, -loss[DIFFERENT])});
}

/* Papers that begin (side 0) or end (side 1) as one of the person's own does, with at most one character off. */
static void ask_side(Search *s, const Paper *own, int side, int32_t person) {
    const Index *x = s->x;
    int length = (int)(own->low & 255), shared = side ? length - length / 2 : length / 2;
    if (!shared) return;
    int bits = 6 * shared;
    uint64_t high = bits >= 60 ? own->high : own->high & ~0ull << (64 - bits), span = bits >= 60 ? 0 : 1ull << (64 - bits);
    const Paper *p = x->papers[side], *end = p + x->papers_start[side][PAPER_BUCKETS];
    int64_t low = x->papers_start[side][high >> 46], top = x->papers_start[side][((high + (span ? span - 1 : 0)) >> 46) + 1];
    while (low < top) {
        int64_t middle = low + (top - low) / 2;
        if (p[middle].high < high) low = middle + 1; else top = middle;
    }
    for (p += low; p < end && p->high - high <= (span ? span - 1 : 0); p++) {
        if ((p->high != own->high || p->low != own->low) && !one_character_off(own, p)) continue;
        int32_t worth = 0;
        for (int64_t r = x->person_ends[p->person]; r < x->person_ends[p->person + 1]; r++) {
            int32_t row = x->person_rows[r];
            if (s->seen[row] == s->stamp) continue;
            if (!worth && (worth = papers_worth(x, s->asks, person, p->person)) <= 0) break;
            s->seen[row] = s->stamp;
            emit(s, row, worth);
        }
    }
}

static void ask_papers(Search *s, int32_t person) {
    for (int64_t d = s->asks->paper_ends[person]; d < s->asks->paper_ends[person + 1]; d++)
        for (int side = 0; side < 2; side++) ask_side(s, s->asks->papers[side] + d, side, person);
}

/* Answer asks order[from] .. order[to - 1]. Returns how many asks were answered before the room for hits ran out;
   counts: int64[3] hits written, rows read, pairs scored. `seen` is uint32[rows], zero before the first call. */
EXPORT int64_t lk_search(const Index *x, const Asks *asks, const Phonetics *t, const int32_t *order, int64_t from, int64_t to,
                         Hit *out, int64_t room, Cache *cache, uint32_t *seen, int64_t *counts) {
    Search s = {.x = x, .asks = asks, .t = t, .cache = cache, .seen = seen, .stamp = cache->stamp, .out = out, .room = room};
    int64_t done = from;
    for (; done < to; done++) {
        int64_t before = s.made;
        s.ask = order[done];
        s.dob = asks->ask_dob[s.ask];
        if (!++s.stamp) { memset(seen, 0, (size_t)x->rows * sizeof *seen); s.stamp = 1; }
        prepare(&s);
        ask_papers(&s, asks->name_person[asks->ask_name[s.ask]]);
        if (s.dob) ask_dated(&s);
        else follow(&s, &(Path){0, 0, x->rows, path_need(&s, 0)});
        if (s.made > room) { s.made = before; break; }
    }
    cache->stamp = s.stamp;
    counts[0] = s.made; counts[1] += s.read; counts[2] += s.scored;
    return done - from;
}
