/* Delimited text into columns: records are split as RFC 4180 says and written straight into the columns of a list of
   people. What is not a plain value is left for Python, by row. The readable twin is holdings/twin.py. */
#include "kernel.h"

enum { LONGEST_FIELD = 65536 };
enum { TEXT, NAME, NUMBER, ID, DATE, SEX, COUNTRY };
enum { TOO_FEW, FEWER, TOO_MANY, NUL, TOO_LONG, ENCODING, QUOTE, PLACEHOLDER, NO_NAME, ONLY_NUMBER, NO_ID };
enum { DONE, MORE, FALLBACK, FULL };

/* A column of the list: the fields it is made of, and where its values go. */
typedef struct { int32_t kind, count; const int32_t *fields; uint8_t *data; int64_t *ends; void *values; } Target;

/* What was met in a row: the row's number, its field (-1 for the whole row), and how many fields or bytes it had. */
typedef struct { int64_t row, size; int32_t field, code; } Remark;

/* A value that is left for Python, and the column it belongs to. Its text is a line of Split.left_text. */
typedef struct { int32_t row, target; } Left;

typedef struct { const uint8_t *text; int64_t length; int64_t dirty; } Span;

typedef struct {
    uint8_t *bytes; int64_t length;      /* the chunk; 64 bytes more may be written over */
    int32_t last, delimiter, fields, least, targets, placeholders, first_year, last_year, whole, spare;
    const Target *target;
    const uint16_t *countries;           /* by two letters, then by three */
    const uint8_t *beginnings, *words;   /* placeholders: a bit for each first two bytes; 32 bytes for each */
    const uint8_t *fallback;             /* 256 * 4: length and bytes of each byte's letter, or NULL */
    uint8_t *scratch; Span *spans;
    int32_t *numbers; Remark *remarks; Left *left; uint8_t *left_text;
    int64_t most_rows, most_remarks;
    int64_t consumed, row, rows, remarked, lefts, left_bytes, blank, surplus, foreign, accented;
} Split;

typedef struct { const uint8_t *next; int64_t count; uint8_t high, nul, surplus, blank; } Record;

static inline int is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static Span trimmed(const uint8_t *from, const uint8_t *to, int plain) {
    while (from < to && (is_space(*from) || (plain && *from == '"'))) from++;
    while (from < to && (is_space(to[-1]) || (plain && to[-1] == '"'))) to--;
    return (Span){from, to - from, 0};
}

/* The end of a quoted field that begins at `start`; NULL with *status MORE or QUOTE where there is none. */
static const uint8_t *closing(const uint8_t *start, const uint8_t *end, int last, int *dirty, Record *r, int *status) {
    int newline = 0;
    for (const uint8_t *q = start + 1;; q += 2) {
        for (; q < end && *q != '"'; q++) {
            r->high |= *q;
            r->nul |= !*q;
            newline |= *q == '\n';
            if (newline && q - start > LONGEST_FIELD) return *status = QUOTE, NULL;
        }
        if (q >= end) return *status = last ? QUOTE : MORE, NULL;
        if (q + 1 == end && !last) return *status = MORE, NULL;
        if (q + 1 < end && q[1] == '"') { *dirty = 1; continue; }
        *dirty |= newline;
        return q;
    }
}

/* Split one record that begins at p. `end` holds a newline of ours. 0, or MORE or QUOTE. */
static int split_record(const Split *s, const uint8_t *class, const uint8_t *p, const uint8_t *end, int last, int plain, Record *r) {
    *r = (Record){NULL, 0, 0, 0, 0, 0};
    for (;; p++) {
        const uint8_t *start = p, *opening = p;
        Span span;
        if (!plain && (*p == '"' || *p == ' ')) while (*opening == ' ') opening++;
        if (!plain && *opening == '"' && opening < end) {
            int status = 0, dirty = 0;
            const uint8_t *close = closing(opening, end, last, &dirty, r, &status);
            if (!close) return status;
            for (p = close + 1; p < end && is_space(*p) && *p != '\n' && *p != s->delimiter; p++) {}
            if (p >= end && !last) return MORE;
            if (p < end && *p != s->delimiter && *p != '\n') return QUOTE;
            span = trimmed(opening + 1, close, 0);
            span.dirty = dirty;
        } else {
            uint8_t high = 0;
            for (;;) {
                while (!class[*p]) high |= *p++;
                if (*p) break;
                r->nul = 1;
                p++;
            }
            if (p >= end && !last) return MORE;
            r->high |= high;
            span = trimmed(start, p, plain);
        }
        if (r->count < s->fields) s->spans[r->count] = span;
        else r->surplus |= span.length > 0;
        r->count++;
        if (p >= end || *p == '\n') break;
    }
    r->blank = r->count == 1 && !s->spans[0].length;
    r->next = p < end ? p + 1 : end;
    return 0;
}

static int is_utf8(const uint8_t *p, const uint8_t *end) {
    while (p < end) {
        uint8_t c = *p;
        if (c < 0x80) { p++; continue; }
        int more = c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 0;
        if (!more || end - p <= more) return 0;
        if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F)) return 0;
        for (int i = 1; i <= more; i++) if ((p[i] & 0xC0) != 0x80) return 0;
        p += more + 1;
    }
    return 1;
}

static uint8_t *decoded(const uint8_t *fallback, const uint8_t *p, const uint8_t *end, uint8_t *out) {
    for (; p < end; p++) {
        const uint8_t *letter = fallback + 4 * *p;
        for (int i = 0; i < letter[0]; i++) *out++ = letter[1 + i];
    }
    return out;
}

static inline uint8_t *copied(uint8_t *out, Span span, int nul) {
    if (span.dirty || nul) {
        for (int64_t i = 0; i < span.length; i++) {
            uint8_t c = span.text[i];
            if (c == '"' && span.dirty && i + 1 < span.length && span.text[i + 1] == '"') i++;
            if (c) *out++ = c == '\n' || c == '\r' ? ' ' : c;
        }
        return out;
    }
    for (int64_t i = 0; i < span.length; i += 16) memcpy(out + i, span.text + i, 16);
    return out + span.length;
}

static inline uint8_t upper(uint8_t c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

static int is_listed(const Split *s, const uint8_t *text, int64_t length, int whole) {
    if (length > 30) return 0;
    for (int i = 0; i < s->placeholders; i++) {
        const uint8_t *word = s->words + 32 * i; /* length, 1 for a word that stands for nothing as a whole field alone, letters */
        if (word[0] != length || (word[1] && !whole)) continue;
        int64_t k = 0;
        while (k < length && upper(text[k]) == word[2 + k]) k++;
        if (k == length) return 1;
    }
    return 0;
}

static inline int is_placeholder(const Split *s, const uint8_t *text, int64_t length, int whole) {
    unsigned first = length ? upper(text[0]) : 0, second = length > 1 ? upper(text[1]) : 0, both = first << 8 | second;
    return s->beginnings[both >> 3] >> (both & 7) & 1 && is_listed(s, text, length, whole);
}

/* Take the words that stand for no name out of text[0..length); returns the new length. */
static int64_t without_placeholders(const Split *s, uint8_t *text, int64_t length) {
    if (is_placeholder(s, text, length, 1)) return 0;
    int64_t kept = 0, found = 0;
    for (int64_t at = 0; at < length;) {
        int64_t stop = at;
        while (stop < length && text[stop] != ' ') stop++;
        if (stop > at && is_placeholder(s, text + at, stop - at, 0)) {
            found = 1;
            while (kept && text[kept - 1] == ' ') kept--;
        } else if (found) {
            if (kept && stop > at) text[kept++] = ' ';
            memmove(text + kept, text + at, (size_t)(stop - at));
            kept += stop - at;
        } else kept = stop;
        at = stop + 1;
    }
    return found ? kept : length;
}

static void remark(Split *s, int32_t field, int32_t code, int64_t size) {
    s->remarks[s->remarked++] = (Remark){s->row, size, field, code};
}

static int number_of(const uint8_t *text, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* The code of `1984-02-03`, `19840203`, `03.02.1984`, `1984-02` or `1984`; -1 for anything else. */
static int32_t date_of(const Split *s, Span span) {
    static const int8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const uint8_t *t = span.text;
    int64_t n = span.length;
    if (n != 4 && n != 7 && n != 8 && n != 10) return -1;
    int pointed = n == 10 && t[2] == '.' && t[5] == '.', dashed = n != 8;
    int year = number_of(pointed ? t + 6 : t, 4), month = 0, day = 0;
    if (year < s->first_year || year > s->last_year) return -1;
    if (n == 4) return year * 512;
    if (!pointed && dashed && t[4] != '-') return -1;
    month = number_of(pointed ? t + 3 : t + 4 + dashed, 2);
    if (month < 1 || month > 12) return -1;
    if (n == 7) return year * 512 + month * 32;
    if (!pointed && dashed && t[7] != '-') return -1;
    day = number_of(pointed ? t : t + 6 + 2 * dashed, 2);
    int leap = year % 4 == 0 && (year % 100 || year % 400 == 0);
    if (day < 1 || day > days[month] + (leap && month == 2)) return -1;
    return year * 512 + month * 32 + day;
}

static int sex_of(Span span) {
    switch (span.length == 1 ? upper(span.text[0]) : 0) {
    case 'M': return 1;
    case 'F': return 2;
    case 'X': return 3;
    default: return -1;
    }
}

static int country_of(const Split *s, Span span) {
    if (span.length != 2 && span.length != 3) return -1;
    int code = 0;
    for (int i = 0; i < span.length; i++) {
        uint8_t letter = upper(span.text[i]);
        if (letter < 'A' || letter > 'Z') return -1;
        code = code * 26 + letter - 'A';
    }
    int known = s->countries[span.length == 2 ? code : 676 + code];
    return known ? known : -1;
}

static void leave(Split *s, int32_t target, Span span, int nul) {
    uint8_t *from = s->left_text + s->left_bytes, *to = copied(from, span, nul);
    for (uint8_t *c = from; c < to; c++) if (*c == '\n') *c = ' ';
    *to++ = '\n';
    s->left[s->lefts++] = (Left){(int32_t)s->rows, target};
    s->left_bytes = to - s->left_text;
}

static uint8_t *write_number(uint8_t *out, int64_t number) {
    uint8_t digits[20];
    int count = 0;
    do digits[count++] = (uint8_t)('0' + number % 10); while (number /= 10);
    while (count) *out++ = digits[--count];
    return out;
}

/* Write the text of one column's row; returns its length. */
static int64_t write_text(Split *s, const Target *t, const Record *r) {
    uint8_t *from = t->data + t->ends[s->rows], *out = from;
    for (int k = 0; k < t->count; k++) {
        int32_t field = t->fields[k];
        if (field >= r->count) continue;
        Span span = s->spans[field];
        if (!span.length) continue;
        if (span.length > LONGEST_FIELD) { remark(s, field, TOO_LONG, span.length); continue; }
        uint8_t *begin = out > from ? out + 1 : out, *stop = copied(begin, span, r->nul);
        if (t->kind == NAME) {
            int64_t kept = without_placeholders(s, begin, stop - begin);
            if (kept < stop - begin) remark(s, field, PLACEHOLDER, 0);
            stop = begin + kept;
        }
        if (stop == begin) continue;
        if (begin > out) *out = ' ';
        out = stop;
    }
    if (t->kind == ID && out == from) {
        if (t->count) remark(s, t->fields[0], NO_ID, 0);
        out = write_number(out, s->row);
    }
    t->ends[s->rows + 1] = out - t->data;
    return out - from;
}

static void write_value(Split *s, int32_t number, const Target *t, const Record *r) {
    int32_t field = t->fields[0], value = 0;
    Span span = field < r->count ? s->spans[field] : (Span){NULL, 0, 0};
    if (span.length > LONGEST_FIELD) remark(s, field, TOO_LONG, span.length);
    else if (span.length) {
        value = t->kind == DATE ? date_of(s, span) : t->kind == SEX ? sex_of(span) : country_of(s, span);
        if (value < 0) leave(s, number, span, r->nul), value = 0;
    }
    if (t->kind == DATE) ((int32_t *)t->values)[s->rows] = value;
    else if (t->kind == SEX) ((uint8_t *)t->values)[s->rows] = (uint8_t)value;
    else ((uint16_t *)t->values)[s->rows] = (uint16_t)value;
}

static int has_letter(const uint8_t *text, int64_t length) {
    for (int64_t i = 0; i < length; i++) if (text[i] >= 0x80 || (upper(text[i]) >= 'A' && upper(text[i]) <= 'Z')) return 1;
    return 0;
}

/* Write a record into the columns, unless it has neither a name nor a document number. */
static void write_row(Split *s, const Record *r) {
    int64_t lefts = s->lefts, left_bytes = s->left_bytes, named = 0, numbered = 0;
    if (r->nul) remark(s, -1, NUL, 0);
    for (int32_t k = 0; k < s->targets; k++) {
        const Target *t = s->target + k;
        if (t->kind >= DATE) { write_value(s, k, t, r); continue; }
        int64_t length = write_text(s, t, r);
        if (t->kind == NAME) named |= has_letter(t->data + t->ends[s->rows], length);
        if (t->kind == NUMBER) numbered += length;
    }
    if (!named) remark(s, -1, numbered ? ONLY_NUMBER : NO_NAME, 0);
    if (named || numbered) s->numbers[s->rows++] = (int32_t)s->row;
    else s->lefts = lefts, s->left_bytes = left_bytes;
}

static void take_record(Split *s, const Record *r) {
    if (r->blank) { s->blank++; return; }
    if (r->count > s->fields && r->surplus) { remark(s, -1, TOO_MANY, r->count); return; }
    if (r->count < s->least) { remark(s, -1, TOO_FEW, r->count); return; }
    if (r->count > s->fields) s->surplus++;
    if (r->count < s->fields) remark(s, -1, FEWER, r->count);
    write_row(s, r);
}

/* Take records from the chunk until it ends (MORE, or DONE where it is the last), room for rows or remarks runs out
   (FULL), or a record is not UTF-8 and no fallback is given (FALLBACK). */
EXPORT int lk_split(Split *s) {
    uint8_t class[256] = {0}, *end = s->bytes + s->length;
    const uint8_t *p = s->bytes;
    class[0] = class['\n'] = class[s->delimiter] = 1;
    *end = '\n';
    int64_t most = 4;
    for (int32_t k = 0; k < s->targets; k++) most += 2 * (int64_t)s->target[k].count + 1;
    for (; p < end; s->consumed = p - s->bytes) {
        Record r;
        if (s->rows >= s->most_rows || s->remarked + most > s->most_remarks) return FULL;
        int plain = 0, status = split_record(s, class, p, end, s->last, 0, &r);
        if (status == QUOTE) plain = 1, status = split_record(s, class, p, end, s->last, 1, &r);
        if (status) return MORE;
        const uint8_t *next = r.next;
        int foreign = r.high & 0x80 && !is_utf8(p, next);
        if (foreign) {
            if (!s->fallback) return FALLBACK;
            uint8_t *to = decoded(s->fallback, p, next, s->scratch);
            *to = '\n';
            split_record(s, class, s->scratch, to, 1, plain, &r);
            s->foreign++;
        } else s->accented += r.high >> 7;
        s->row++;
        if (foreign && !s->whole) remark(s, -1, ENCODING, 0);
        if (plain) remark(s, -1, QUOTE, 0);
        take_record(s, &r);
        p = next;
    }
    return s->last ? DONE : MORE;
}

/* Whether each string is longer than the one before it, or as long and greater: then no two are the same. */
EXPORT int lk_ascending(const uint8_t *data, const int64_t *ends, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        int64_t before = ends[i] - ends[i - 1], length = ends[i + 1] - ends[i];
        if (length < before || (length == before && memcmp(data + ends[i - 1], data + ends[i], (size_t)length) >= 0)) return 0;
    }
    return 1;
}
