/* Machine readable zones: check digits and the types of their signs (ICAO Doc 9303). The readable twin is
   formats/mrz/digits.py. A layout is int32[4 + 90 + 5 * 11]: size, where the number goes on and ends (0, 0 for nowhere),
   how many checks; what each place allows; then of each check its place, whether a filler may stand for it, how many
   pieces it covers, and their ends. */
#include "kernel.h"

enum { A_DIGIT = 1, A_LETTER = 2, A_FILLER = 4, A_SEX = 8, MISFIT = 1 << 8, LONG_NUMBER = 1 << 9, COUNTED = 1 << 10 };
enum { HEAD = 4, PLACES = 90, ROW = 11 };

static inline int kind_of(uint8_t sign) {
    if (sign >= '0' && sign <= '9') return A_DIGIT;
    if (sign == '<') return A_FILLER | A_SEX;
    if (sign == 'M' || sign == 'F') return A_LETTER | A_SEX;
    return sign >= 'A' && sign <= 'Z' ? A_LETTER : 0;
}

static inline unsigned value_of(uint8_t sign) {
    if (sign >= '0' && sign <= '9') return sign - '0';
    return sign >= 'A' && sign <= 'Z' ? sign - 'A' + 10u : 0;
}

static const unsigned WEIGHT[3] = {7, 3, 1};

/* The weighted sum of text[first, end), the first sign of which is the `at`th of what is summed. */
static unsigned sum_of(const uint8_t *text, int first, int end, int at) {
    unsigned sum = 0;
    for (int i = first; i < end; i++) sum += value_of(text[i]) * WEIGHT[(at + i - first) % 3];
    return sum;
}

static int agrees(const int32_t *check, const uint8_t *text) {
    unsigned sum = 0;
    int at = 0, blank = 1;
    for (int p = 0; p < check[2]; p++) {
        int first = check[3 + 2 * p], end = check[4 + 2 * p];
        sum += sum_of(text, first, end, at);
        at += end - first;
    }
    uint8_t sign = text[check[0]];
    if (sign != '<') return sign == '0' + sum % 10;
    if (!check[1]) return 0;
    for (int i = check[3]; i < check[4]; i++) blank &= text[i] == '<';
    return blank;
}

/* 0 where the digit of a number that goes on in the optional data agrees, COUNTED where it does with the filler counted. */
static uint32_t long_number(const int32_t *layout, const int32_t *check, const uint8_t *text) {
    int first = layout[1], end = first, from = check[3], nine = check[4] - check[3];
    while (end < layout[2] && text[end] != '<') end++;
    if (end - first < 2) return 1;
    unsigned sum = sum_of(text, from, check[4], 0);
    if (text[end - 1] == '0' + (sum + sum_of(text, first, end - 1, nine)) % 10) return 0;
    return text[end - 1] == '0' + (sum + sum_of(text, first, end - 1, nine + 1)) % 10 ? COUNTED : 1;
}

/* What is not as it should be in one zone: bit i for check i, MISFIT for a sign of the wrong type. */
EXPORT uint32_t lk_mrz_verdict(const int32_t *layout, const uint8_t *text) {
    const int32_t *allowed = layout + HEAD, *check = allowed + PLACES;
    uint32_t bits = 0;
    for (int i = 0; i < layout[0]; i++) if (!(kind_of(text[i]) & allowed[i])) { bits = MISFIT; break; }
    for (int c = 0; c < layout[3]; c++) if (!agrees(check + c * ROW, text)) bits |= 1u << c;
    if (layout[2] && text[check[0]] == '<' && text[layout[1]] != '<')
        bits = (bits & ~1u) | LONG_NUMBER | long_number(layout, check, text);
    return bits;
}

/* The same for n zones that stand one after another: out: uint32[n]. */
EXPORT void lk_mrz_verdicts(const int32_t *layout, const uint8_t *text, int64_t n, uint32_t *out) {
    for (int64_t i = 0; i < n; i++) out[i] = lk_mrz_verdict(layout, text + i * layout[0]);
}
