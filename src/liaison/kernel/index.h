/* An index as the kernel sees it: arrays that Python made or mapped, and the weights that go with them. */
#ifndef LIAISON_INDEX_H
#define LIAISON_INDEX_H

#include "kernel.h"

#define FIRST_YEAR 1850
#define CODES (256 * 512) /* date codes from FIRST_YEAR on: year * 512 + month * 32 + day */

typedef struct { int32_t dob, person; uint32_t name, tokens_at; uint16_t nationality[2], list; uint8_t tokens, sex; } Row;

/* What the filter reads of a row: the distinct masks of its tokens and of neighbours run together, the rarity of its rarest
   token, how many tokens it has at least when neighbours are taken for one, and whether it holds more than is kept. */
typedef struct {
    uint32_t lane[LANES]; int32_t rarest : 24; uint32_t count : 3, tokens : 4, crowded : 1;
    uint16_t nationality : 15, second_nationality : 1, day : 9, sex : 2; /* day: month * 32 + day */
} Sketch;

enum Grade { MISSING, EQUAL, SWAPPED, DAY, MONTH, YEAR_ONE, YEAR_TEN, DAY_MONTH, FIRST_JANUARY, YEAR_KNOWN, YEAR_NEAR, YEAR,
             DIFFERENT, GRADES };

typedef struct {
    Costs costs;
    int32_t loss[GRADES];      /* -log2 of how often a person's date is recorded so */
    int32_t joined, replaced, extra, swapped_order, dependence, particle, initial, initials;
    int32_t sex_same[4], sex_other, nation_same, nation_other;
    int32_t document_typo;     /* less for one character off */
} Weights;

/* A document number, forwards or backwards: 20 characters of 6 bits from the top, then its length; whose; its worth. */
typedef struct { uint64_t high, low; int32_t person, bits; } Paper;
#define PAPER_LETTERS 37 /* codes of a character: none, 0-9, A-Z */

/* The bucket of a packed number: its first `letters` characters as a number. */
static inline int32_t paper_bucket(uint64_t high, int letters) {
    int32_t bucket = 0;
    for (int i = 0; i < letters; i++) bucket = bucket * PAPER_LETTERS + (int32_t)(high >> (58 - 6 * i) & 63);
    return bucket;
}

/* A row that holds a pair of classes; `tag` tells pairs of one bucket apart. */
typedef struct { uint32_t tag; int32_t row; } Both;

static inline uint64_t pair_hash(int32_t a, int32_t b) {
    uint64_t low = (uint32_t)(a < b ? a : b), high = (uint32_t)(a < b ? b : a);
    uint64_t hash = (low << 32 | high) * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 29) * 0xd6e8feb86659fd93u;
}

typedef struct {
    int64_t rows, undated;     /* rows from `undated` on have no date */
    const Row *row;
    const Sketch *sketch;
    const uint32_t *row_tokens; /* token | role << 30 */
    const uint16_t *together;  /* for each of row_tokens, hundredths of a bit that it shares with the token before it */
    Book book;
    const int32_t *start;      /* int32[CODES + 1]: the first row of a date code */
    const int64_t *posted;     /* int64[classes + 1] */
    const int32_t *post;       /* rows by class, rising */
    const int32_t *post_day;   /* the same by month and day, then row */
    const uint16_t *post_day_key;
    int32_t pair_bits;         /* pairs of classes that a row holds, in 2^pair_bits buckets */
    const int64_t *pair_start; /* int64[buckets + 1] */
    const Both *pairs;         /* by bucket, then row */
    const int32_t *date_bits;  /* int32[CODES]: -log2 of the share of people with this date, or this year or month */
    const Paper *papers[2];    /* sorted forwards and backwards */
    int32_t paper_letters;     /* by how many characters the papers are found */
    const int32_t *papers_start[2]; /* int32[PAPER_LETTERS ^ letters + 1] */
    const int64_t *paper_ends; const int32_t *paper_at; /* each person's places in papers[0] */
    const int64_t *person_ends; const int32_t *person_rows; /* the rows of each person */
    const uint8_t *removed;    /* uint8[people]: 1 where a record was taken out */
    Weights weights;
} Index;

/* The people to check: `asks` are names with one reading of a date, in any order. */
typedef struct {
    Book book;
    const int64_t *name_ends; const uint32_t *name_tokens;   /* tokens of each name */
    const int64_t *class_ends; const int32_t *classes;       /* classes of each token, -1 not in the index */
    const int64_t *variant_ends; const uint32_t *variant_masks; /* masks of the variants of each token's name */
    const int32_t *ask_name, *ask_dob;
    const int32_t *name_person;
    const uint8_t *sex; const uint16_t *nationality;         /* uint16[people][2] */
    const int64_t *paper_ends; const Paper *papers[2];       /* document numbers of each person */
    const uint8_t *list_open;                                /* uint8[lists] */
    int32_t least;                                           /* the score an alert needs */
} Asks;

typedef struct { int32_t ask, row, score; } Hit;

#define MOST_PAIRS (2 * MOST_TOKENS)

/* One matched piece of two names. kind 0: token i and token j; 1: token i and tokens j, j + 1; 2: tokens i, i + 1 and token j. */
typedef struct { int32_t kind, i, j, level, weight; } Pair;

typedef struct {
    int32_t score, grade, date, document, sex, nation, order, unmatched, dependence, lost, left_over, pairs;
    Pair pair[MOST_PAIRS];
} Account;

/* Remembers what two tokens are worth to each other, within one search: entries of another epoch do not count. */
#define CACHE_BITS 12
typedef struct { uint64_t key; int32_t weight; uint32_t epoch; } Remembered;
typedef struct { uint32_t epoch, stamp; Remembered slot[1 << CACHE_BITS]; } Cache;

int64_t lk_search(const Index *x, const Asks *asks, const Phonetics *t, const int32_t *order, int64_t from, int64_t to,
                  Hit *out, int64_t room, Cache *cache, uint32_t *seen, int64_t *counts);
int token_classes(const Book *book, const Token *token, uint64_t *out);
int joined_masks(const Phonetics *t, const Book *book, const Token *a, const Token *b, uint32_t out[2]);
int grade_dates(int32_t a, int32_t b);
int32_t date_evidence(const Index *x, int grade, int32_t a, int32_t b);
int32_t cached_weight(const Index *x, const Book *asked, uint32_t a, uint32_t b, Cache *cache);
int32_t pair_weight(const Index *x, const Book *asked, const Token *a, const Token *b, int *level);
int32_t account(const Index *x, const Asks *asks, int64_t ask, int64_t row, int32_t document, Cache *cache, Account *out);
int one_character_off(const Paper *a, const Paper *b);
int32_t papers_worth(const Index *x, const Asks *asks, int32_t asked, int32_t person);

#endif
