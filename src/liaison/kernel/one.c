/* One check, without numpy: a small book of the asked name's tokens, made on the stack, and the same search. */
#include "index.h"

/* Sorted tables by hash: what `book.lexicon()` and an index know of forms and classes. */
typedef struct {
    const uint64_t *particles, *titles, *varied, *known, *classes;
    int64_t particle_count, title_count, varied_count, known_count, class_count;
    const int64_t *group_ends, *mask_ends;
    const uint32_t *groups, *masks;
    const int32_t *known_bits;
    int32_t unseen;
} Tables;

/* A name as bytes: for each token its role, the number of its forms, and each form after its length. */
typedef struct {
    const uint8_t *name; int64_t length;
    int32_t dob; uint16_t nationality[2]; uint8_t sex;
    const Paper *papers[2]; int64_t paper_count;
    const uint8_t *list_open; int32_t least;
} One;

#define MOST_GROUPS 256
#define MOST_VARIANTS 4096

typedef struct {
    Token tokens[MOST_TOKENS];
    uint8_t pool[MOST_TOKENS * 8 * 192];
    uint32_t groups[MOST_GROUPS], name[MOST_TOKENS], masks[MOST_VARIANTS];
    int64_t class_ends[MOST_TOKENS + 1], variant_ends[MOST_TOKENS + 1];
    int32_t classes[MOST_TOKENS * 8];
    int count, group_count;
    int64_t blocks;
} Small;

static int64_t place(const uint64_t *sorted, int64_t count, uint64_t code) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sorted[middle] < code) low = middle + 1; else high = middle;
    }
    return low < count && sorted[low] == code ? low : -1;
}

static void add_groups(const Tables *t, Small *s, Token *token, uint64_t code) {
    int64_t at = place(t->varied, t->varied_count, code);
    for (int64_t g = at < 0 ? 0 : t->group_ends[at]; at >= 0 && g < t->group_ends[at + 1] && s->group_count < MOST_GROUPS; g++) {
        int known = 0;
        for (int k = 0; k < token->groups; k++) known |= s->groups[token->groups_at + (uint32_t)k] == t->groups[g];
        if (!known) s->groups[s->group_count++] = t->groups[g], token->groups++, token->group_bits |= (uint16_t)(1u << (t->groups[g] & 15));
    }
}

/* Read one token of the name into the small book; returns where the next one begins, NULL at the end or on bad bytes. */
static const uint8_t *read_token(const Tables *t, const Phonetics *p, const uint8_t *at, const uint8_t *end, Small *s) {
    if (end - at < 2 || s->count == MOST_TOKENS) return NULL;
    Token *token = s->tokens + s->count;
    uint32_t role = at[0];
    int forms = at[1];
    at += 2;
    *token = (Token){.at = (uint32_t)s->blocks, .groups_at = (uint32_t)s->group_count};
    for (int f = 0; f < forms && f < 8; f++) {
        if (at >= end || at + 1 + at[0] > end) return NULL;
        uint64_t code = hash_bytes(at + 1, at[0]);
        const Form *form = (const Form *)(s->pool + 16 * s->blocks);
        s->blocks += write_form(p, at + 1, at[0], s->pool + 16 * s->blocks);
        if (!f) {
            int64_t known = place(t->known, t->known_count, code);
            token->rarity = known < 0 ? t->unseen : t->known_bits[known];
            token->mask = form->mask, token->length = form->length, token->fold_length = form->fold_length;
            token->flags = (uint8_t)((place(t->particles, t->particle_count, code) >= 0 ? PARTICLE : 0)
                                     | (place(t->titles, t->title_count, code) >= 0 ? TITLE : 0) | (at[0] == 1 ? INITIAL : 0));
        }
        add_groups(t, s, token, code);
        token->forms++;
        at += 1 + at[0];
    }
    if (!forms) return at; /* nothing that any script calls a letter */
    s->name[s->count] = (uint32_t)s->count | role << 30;
    s->count++;
    return at;
}

static void look_up(const Tables *t, Small *s) {
    Book book = {s->tokens, s->pool, s->groups};
    int64_t classes = 0, masks = 0;
    for (int i = 0; i < s->count; i++) {
        uint64_t keys[8];
        s->class_ends[i] = classes;
        for (int k = 0, n = token_classes(&book, s->tokens + i, keys); k < n; k++)
            s->classes[classes++] = (int32_t)place(t->classes, t->class_count, keys[k]);
        s->variant_ends[i] = masks;
        for (int g = 0; g < s->tokens[i].groups; g++) {
            uint32_t group = s->groups[s->tokens[i].groups_at + (uint32_t)g];
            for (int64_t m = t->mask_ends[group]; m < t->mask_ends[group + 1] && masks < MOST_VARIANTS; m++) s->masks[masks++] = t->masks[m];
        }
    }
    s->class_ends[s->count] = classes;
    s->variant_ends[s->count] = masks;
}

/* Titles go, unless the name holds nothing else. Returns the number of tokens kept. */
static int without_titles(Small *s) {
    int kept = 0;
    for (int i = 0; i < s->count; i++)
        if (!(s->tokens[i].flags & TITLE)) s->name[kept++] = s->name[i];
    return kept ? kept : s->count;
}

/* Check one name. Returns the number of hits; -1 for a name that cannot be read, -2 where the room does not hold them. */
EXPORT int64_t lk_check(const Index *x, const Phonetics *p, const Tables *t, const One *one, Hit *out, int64_t room, Cache *cache, uint32_t *seen) {
    Small s;
    s.count = s.group_count = 0;
    s.blocks = 0;
    const uint8_t *at = one->name, *end = one->name + one->length;
    while (at && at < end) at = read_token(t, p, at, end, &s);
    if (at != end) return -1;
    look_up(t, &s);
    const int64_t name_ends[2] = {0, without_titles(&s)}, paper_ends[2] = {0, one->paper_count};
    const int32_t zero = 0;
    Asks asks = {{s.tokens, s.pool, s.groups}, name_ends, s.name, s.class_ends, s.classes, s.variant_ends, s.masks, &zero, &one->dob,
                 &zero, &one->sex, one->nationality, paper_ends, {one->papers[0], one->papers[1]}, one->list_open, one->least};
    int64_t counts[3] = {0};
    return lk_search(x, &asks, p, &zero, 0, 1, out, room, cache, seen, counts) == 1 ? counts[0] : -2;
}
