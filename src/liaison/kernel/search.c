/* Candidates: which rows can reach the score that an alert needs, and their scores.
   Blocks of near dates are read whole; other rows are found under the sound of the rarest tokens. */
#include "filter.h"

#define WAITING 64
#define AHEAD 12 /* postings by which a row's sketch is fetched before its use */
#define DISCOUNT 130000 /* what a token that no class key finds is assumed to lose: for candidates, not for scores */

typedef struct {
    const Index *x; const Asks *asks;
    Cache *cache; uint32_t *seen; uint32_t stamp;
    Hit *out; int64_t room, made;
    int64_t read, scored;
    int64_t ask; int32_t dob; Filter filter;
    int32_t wait[WAITING]; int waiting;
} Search;

static void emit(Search *s, int64_t row, int32_t document) {
    const Row *r = s->x->row + row;
    Account found;
    s->scored++;
    if (account(s->x, s->asks, s->ask, row, document, s->cache, &found) < s->asks->least || (!found.pairs && !document)) return;
    if (s->x->removed[r->person] || !s->asks->list_open[r->list]) return;
    if (s->made < s->room) s->out[s->made] = (Hit){(int32_t)s->ask, (int32_t)row, found.score};
    s->made++;
}

/* Do any two neighbours of one name have the letters or the sounds of a token of the other, by their number? */
static int may_join(const Book *parts, const uint32_t *a, int na, const Book *wholes, const uint32_t *b, int nb) {
    for (int i = 0; i + 1 < na; i++) {
        if (a[i] >> 30 != a[i + 1] >> 30) continue;
        const Token *p = parts->tokens + (a[i] & 0x3fffffff), *q = parts->tokens + (a[i + 1] & 0x3fffffff);
        for (int j = 0; j < nb; j++) {
            const Token *whole = wholes->tokens + (b[j] & 0x3fffffff);
            if (p->length + q->length == whole->length || p->fold_length + q->fold_length == whole->fold_length) return 1;
        }
    }
    return 0;
}

/* May a row still reach the score, by what its tokens are really worth to the ask's? The heaviest tokens first, and no
   further once the rest could not make it up. Names whose tokens may run together are not judged here. */
static int promising(Search *s, int64_t row) {
    const Filter *f = &s->filter;
    const Index *x = s->x;
    const Row *r = x->row + row;
    const uint32_t *held = x->row_tokens + r->tokens_at;
    const uint32_t *asked = s->asks->name_tokens + s->asks->name_ends[s->asks->ask_name[s->ask]];
    if (may_join(&x->book, held, r->tokens, &s->asks->book, asked, f->tokens)) return 1;
    if (may_join(&s->asks->book, asked, f->tokens, &x->book, held, r->tokens)) return 1;
    int32_t dependence = x->weights.dependence, bound = dependence, left = f->total - dependence, met = 0;
    int32_t need = s->asks->least - extras(f, x->sketch + row) - date_evidence(x, grade_dates(s->dob, r->dob), s->dob, r->dob);
    for (int k = 0; k < f->tokens; k++) {
        int i = f->by_weight[k];
        int32_t best = -x->weights.replaced;
        for (int j = 0; j < r->tokens; j++) {
            int32_t weight = cached_weight(x, &s->asks->book, asked[i] & 0x3fffffff, held[j] & 0x3fffffff, s->cache);
            if (weight > best) best = weight;
        }
        if (best > -x->weights.replaced) met += f->counts[i];
        best -= f->counts[i] ? dependence : 0;
        if (best > 0) bound += best;
        left -= f->most[i];
        if (bound + left < need) return 0;
    }
    return bound - unmatched_at_least(f->fewest - met, (int)x->sketch[row].tokens - met, &x->weights) >= need;
}

/* Score the rows that may reach the least score; memory is asked for ahead of its use. */
static void settle(Search *s) {
    const Index *x = s->x;
    for (int i = 0; i < s->waiting; i++) __builtin_prefetch(x->row_tokens + x->row[s->wait[i]].tokens_at);
    for (int i = 0; i < s->waiting; i++) {
        const Row *r = x->row + s->wait[i];
        for (int k = 0; k < r->tokens; k++) __builtin_prefetch(x->book.tokens + (x->row_tokens[r->tokens_at + (uint32_t)k] & 0x3fffffff));
    }
    for (int i = 0; i < s->waiting; i++) if (promising(s, s->wait[i])) emit(s, s->wait[i], 0);
    s->waiting = 0;
}

static void keep_for_scoring(Search *s, int64_t row) {
    if (s->seen[row] == s->stamp) return;
    s->seen[row] = s->stamp;
    __builtin_prefetch(s->x->row + row);
    s->wait[s->waiting++] = (int32_t)row;
    if (s->waiting == WAITING) settle(s);
}

/* Read every row of a block whose dates all have one grade. */
static void read_block(Search *s, int32_t code) {
    int32_t at = code - FIRST_YEAR * 512;
    if (at < 0 || at >= CODES) return;
    const Index *x = s->x;
    int64_t from = x->start[at], to = x->start[at + 1];
    if (from == to) return;
    int32_t need = s->asks->least - date_evidence(x, grade_dates(s->dob, code), s->dob, code);
    if (s->filter.total + s->filter.extras < need) return;
    s->read += to - from;
    for (int64_t row = from; row < to; row++) {
        int32_t names = need - extras(&s->filter, x->sketch + row);
        if (name_bound(&s->filter, &x->weights, x->sketch + row, names) >= names) keep_for_scoring(s, row);
    }
}

/* Rows to look among, and what their names must be worth. `in_year`: all are of the ask's year, whose dates say less
   by `less` where neither day nor month agrees and neither is 1 January. */
typedef struct { int by_day; int64_t from, to; int32_t need, discount, in_year, less; } Path;

static inline void consider(Search *s, int64_t row, const Path *path) {
    const Index *x = s->x;
    const Sketch *sketch = x->sketch + row;
    s->read++;
    int32_t more = extras(&s->filter, sketch), need = path->need + s->filter.extras - more;
    if (path->in_year && sketch->day != 33 && sketch->day & 31 && (sketch->day ^ s->dob) & 31 && ((unsigned)sketch->day ^ (unsigned)s->dob) & 480)
        need += path->less;
    int32_t bound = name_bound(&s->filter, &x->weights, sketch, need);
    if (bound < need) return;
    int32_t dob = x->row[row].dob;
    if (bound + more + date_evidence(x, grade_dates(s->dob, dob), s->dob, dob) >= s->asks->least) keep_for_scoring(s, row);
}

static const int32_t *first_not_below(const int32_t *from, const int32_t *to, int64_t value) {
    while (from < to) {
        const int32_t *middle = from + (to - from) / 2;
        if (*middle < value) from = middle + 1; else to = middle;
    }
    return from;
}

static void scan_rows(Search *s, int32_t class, const Path *path) {
    const int32_t *end = s->x->post + s->x->posted[class + 1];
    for (const int32_t *p = first_not_below(s->x->post + s->x->posted[class], end, path->from); p < end && *p < path->to; p++) {
        if (p + AHEAD < end) __builtin_prefetch(s->x->sketch + p[AHEAD]);
        consider(s, *p, path);
    }
}

static void scan_day(Search *s, int32_t class, const Path *path) {
    const Index *x = s->x;
    uint16_t day = (uint16_t)(s->dob & 511);
    int64_t low = x->posted[class], high = x->posted[class + 1], end = high;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (x->post_day_key[middle] < day) low = middle + 1; else high = middle;
    }
    for (int64_t i = low; i < end && i < low + AHEAD; i++) __builtin_prefetch(x->sketch + x->post_day[i]);
    for (; low < end && x->post_day_key[low] == day; low++) consider(s, x->post_day[low], path);
}


static void scan_pair(Search *s, int32_t a, int32_t b, const Path *path) {
    const Index *x = s->x;
    if (a < 0 || b < 0 || a == b) return;
    uint64_t hash = pair_hash(a, b);
    uint32_t tag = (uint32_t)hash;
    const int64_t *bucket = x->pair_start + (hash >> (64 - x->pair_bits));
    const Both *p = x->pairs + bucket[0], *end = x->pairs + bucket[1];
    for (const Both *top = end; path->from && p < top;) {
        const Both *middle = p + (top - p) / 2;
        if (middle->row < path->from) p = middle + 1; else top = middle;
    }
    for (const Both *q = p; q < end && q < p + AHEAD; q++) __builtin_prefetch(s->x->sketch + q->row);
    for (; p < end && p->row < path->to; p++)
        if (p->tag == tag && (!path->by_day || (x->row[p->row].dob & 511) == (s->dob & 511))) consider(s, p->row, path);
}

/* What a name loses at least when no class key finds its i-th token: that token unmatched, or met by a misspelling.
   An initial is met without its class. */
static int32_t loss_without(const Search *s, int i, const Path *path) {
    if (s->filter.always[i] > -NO_MATCH) return 0;
    return lesser(s->filter.most[i] + (s->filter.counts[i] ? s->x->weights.extra : 0), path->discount);
}

/* Rows that hold two of the ask's tokens by sound. A row that holds the i-th and j-th rarest, but none of those rarer
   than the j-th besides, has lost at least a discount for each of them. */
static void follow_pairs(Search *s, const Path *path, const uint32_t *tokens) {
    const Filter *f = &s->filter;
    const Asks *asks = s->asks;
    int32_t reach = f->total;
    for (int j = 1; j < f->tokens && reach >= path->need; j++) {
        for (int i = 0; i < j; i++) {
            uint32_t a = tokens[f->by_weight[i]] & 0x3fffffff, b = tokens[f->by_weight[j]] & 0x3fffffff;
            for (int64_t c = asks->class_ends[a]; c < asks->class_ends[a + 1]; c++)
                for (int64_t d = asks->class_ends[b]; d < asks->class_ends[b + 1]; d++)
                    scan_pair(s, asks->classes[c], asks->classes[d], path);
        }
        reach -= loss_without(s, f->by_weight[j], path);
    }
}

/* Rows that hold one of the ask's tokens by sound: the rarest first, until the others could no longer reach the need. */
static void follow_single(Search *s, const Path *path, const uint32_t *tokens) {
    const Filter *f = &s->filter;
    const Asks *asks = s->asks;
    int32_t reach = f->total;
    for (int k = 0; k < f->tokens && reach >= path->need; k++) {
        int i = f->by_weight[k];
        uint32_t number = tokens[i] & 0x3fffffff;
        for (int64_t c = asks->class_ends[number]; c < asks->class_ends[number + 1]; c++) {
            if (asks->classes[c] < 0) continue;
            if (path->by_day) scan_day(s, asks->classes[c], path);
            else scan_rows(s, asks->classes[c], path);
        }
        reach -= loss_without(s, i, path);
    }
}

/* Where one token by sound and the others by spelling cannot reach the need, only rows that hold two by sound are read. */
static void follow(Search *s, const Path *path) {
    const Filter *f = &s->filter;
    if (f->total < path->need || path->from >= path->to) return;
    const uint32_t *tokens = s->asks->name_tokens + s->asks->name_ends[s->asks->ask_name[s->ask]];
    int32_t alone = f->total;
    for (int k = 1; k < f->tokens; k++) alone -= loss_without(s, f->by_weight[k], path);
    if (alone >= path->need) follow_single(s, path, tokens);
    else follow_pairs(s, path, tokens);
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
        follow(s, &(Path){1, 0, x->undated, path_need(s, bits - loss[YEAR_ONE]), DISCOUNT, 0, 0});
    }
    int32_t in_year = bits - lesser(lesser(loss[DAY], loss[MONTH]), loss[FIRST_JANUARY]);
    int32_t year_bits = known_bits(s, year * 512 + (month && !day ? month * 32 : 0));
    in_year = greater(in_year, year_bits - loss[YEAR_KNOWN]);
    in_year = greater(in_year, known_bits(s, year * 512 + 33) - loss[FIRST_JANUARY]);
    int full = month && day && (dob & 511) != 33;
    int32_t less = full ? greater(in_year - greater(bits - loss[YEAR], -loss[DIFFERENT]), 0) : 0;
    follow(s, &(Path){0, start_of(x, year * 512), start_of(x, (year + 1) * 512), path_need(s, in_year), DISCOUNT, full, less});
    for (int step = -1; step <= 1; step += 2) {
        int32_t near = (year + step) * 512, end = month && day ? near + 32 : near + 512;
        follow(s, &(Path){0, start_of(x, near), start_of(x, end), path_need(s, known_bits(s, near) - loss[YEAR_NEAR]), DISCOUNT, 0, 0});
    }
    follow(s, &(Path){0, x->undated, x->rows, path_need(s, 0), DISCOUNT, 0, 0});
    follow(s, &(Path){0, 0, x->undated, path_need(s, -loss[DIFFERENT]), DISCOUNT * 3 / 2, 0, 0});
}

/* Papers that begin (side 0) or end (side 1) as one of the person's own does, with at most one character off. */
static void ask_side(Search *s, const Paper *own, int side, int32_t person) {
    const Index *x = s->x;
    int length = (int)(own->low & 255), shared = side ? length - length / 2 : length / 2;
    if (!shared) return;
    int bits = 6 * shared, letters = x->paper_letters;
    uint64_t span = bits >= 60 ? 0 : (1ull << (64 - bits)) - 1, high = own->high & ~span, last = 0;
    for (int i = 0; i < letters; i++) last = last << 6 | (i < shared ? own->high >> (58 - 6 * i) & 63 : PAPER_LETTERS - 1);
    const Paper *p = x->papers[side], *end = p + x->papers_start[side][paper_bucket(last << (64 - 6 * letters), letters) + 1];
    int64_t low = x->papers_start[side][paper_bucket(high, letters)], top = end - p;
    while (low < top) {
        int64_t middle = low + (top - low) / 2;
        if (p[middle].high < high) low = middle + 1; else top = middle;
    }
    for (p += low; p < end && p->high - high <= span; p++) {
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

/* Fetch the directory entries, and then the papers, that later asks will look at. */
static void fetch_papers(const Search *s, const int32_t *order, int64_t ahead, int entries) {
    const Asks *asks = s->asks;
    int32_t person = asks->name_person[asks->ask_name[order[ahead]]];
    if (asks->paper_ends[person] == asks->paper_ends[person + 1]) return;
    for (int side = 0; side < 2; side++) {
        const int32_t *start = s->x->papers_start[side] + paper_bucket(asks->papers[side][asks->paper_ends[person]].high, s->x->paper_letters);
        if (entries) __builtin_prefetch(s->x->papers[side] + *start);
        else __builtin_prefetch(start);
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
    Search s = {.x = x, .asks = asks, .cache = cache, .seen = seen, .stamp = cache->stamp, .out = out, .room = room};
    int64_t done = from;
    for (; done < to; done++) {
        int64_t before = s.made;
        s.ask = order[done];
        s.dob = asks->ask_dob[s.ask];
        if (!++s.stamp) { memset(seen, 0, (size_t)x->rows * sizeof *seen); s.stamp = 1; }
        if (done + 4 < to) fetch_papers(&s, order, done + 4, 0);
        if (done + 2 < to) fetch_papers(&s, order, done + 2, 1);
        prepare_filter(asks, t, &x->weights, s.ask, &s.filter);
        ask_papers(&s, asks->name_person[asks->ask_name[s.ask]]);
        if (s.dob) ask_dated(&s);
        else follow(&s, &(Path){0, 0, x->rows, path_need(&s, 0), DISCOUNT / 2, 0, 0});
        settle(&s);
        if (s.made > room) { s.made = before; break; }
    }
    cache->stamp = s.stamp;
    counts[0] = s.made; counts[1] += s.read; counts[2] += s.scored;
    return done - from;
}

/* For tests: the bound of one ask's name against every row, and what the names are really worth. */
EXPORT void lk_bounds(const Index *x, const Asks *asks, const Phonetics *t, int64_t ask, Cache *cache, int32_t *bounds, int32_t *names) {
    Search s = {.x = x, .asks = asks, .cache = cache, .ask = ask, .dob = asks->ask_dob[ask]};
    prepare_filter(asks, t, &x->weights, ask, &s.filter);
    for (int64_t row = 0; row < x->rows; row++) {
        Account found;
        account(x, asks, ask, row, 0, cache, &found);
        bounds[row] = name_bound(&s.filter, &x->weights, x->sketch + row, -NO_MATCH);
        names[row] = found.pairs ? found.score - found.date - found.sex - found.nation : -NO_MATCH;
    }
}
