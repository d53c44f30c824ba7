/* The kernel's shapes. Every weight, cost and score is an integer: ten-thousandths of a bit. */
#ifndef LIAISON_KERNEL_H
#define LIAISON_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

#define LONGEST 63           /* letters of a form that are compared */
#define NO_MATCH (1 << 30)   /* the cost of two spellings that are not one name */
#define MOST_TOKENS 24       /* tokens of a name; longer names are refused before they get here */
#define LANES 6              /* masks kept for a row */
#define CONSONANTS 0xFFFFu   /* the bits of a mask: consonant classes, ... */
#define SOUNDS 0x1FFFFFu     /* ... and vowels; the rest is a hash of the first four letters */

/* One rewrite rule of phonetics.FOLD; numpy's packed dtype of the same fields. */
typedef struct { uint8_t pattern[5], length, flags, out[4], out_length; } Rule;

/* The phonetic tables, handed in by phonetics.rule_table(). */
typedef struct { const Rule *rules; const int32_t *first; const uint8_t *classes; } Phonetics;

/* A form in a pool: this header, then its letters, then its fold's letters, padded to 16 bytes. */
typedef struct { uint8_t length, fold_length, skeleton_length, blocks; uint32_t mask, skeleton, spare; } Form;

enum { PARTICLE = 1, TITLE = 2, INITIAL = 4 };

/* A token: its forms stand one after another in the pool from 16 * at. */
typedef struct {
    uint32_t at; int32_t rarity; uint32_t groups_at, mask; uint16_t groups; uint8_t forms, flags, length, fold_length;
    uint16_t group_bits; /* bit g % 16 of every group g */
} Token;

/* A book of tokens: those of an index, or those of the people who are checked. */
typedef struct { const Token *tokens; const uint8_t *pool; const uint32_t *groups; } Book;

typedef struct { int32_t same, other_form, folded, variant, vowels, typo, folded_typo, cut, typo_twice;
                 int32_t vowel_step, short_skeleton; } Costs;

static inline const Form *form_at(const Book *book, const Token *token) {
    return (const Form *)(book->pool + 16 * (size_t)token->at);
}
static inline const Form *next_form(const Form *form) { return (const Form *)((const uint8_t *)form + 16 * (size_t)form->blocks); }
static inline const uint8_t *letters(const Form *form) { return (const uint8_t *)(form + 1); }
static inline const uint8_t *fold_letters(const Form *form) { return letters(form) + form->length; }

static inline uint64_t hash_bytes(const uint8_t *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ hash >> 32;
}

int osa(const uint8_t *a, int m, const uint8_t *b, int n);
int32_t form_cost(const Form *a, const Form *b, const Costs *costs, int *level);
int32_t token_cost(const Book *book_a, const Token *a, const Book *book_b, const Token *b, const Costs *costs, int *level);
int write_form(const Phonetics *tables, const uint8_t *raw, int length, uint8_t *pool);

#endif
