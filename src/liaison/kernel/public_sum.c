/* The sum of many points of ristretto255, each times a number, for PUBLIC points and numbers alone.

   Time and memory addresses depend on everything that is handed in, which is what makes it quick: a key, a blind or any
   other secret must never come here (docs/decisions/0047). Written from RFC 9496 (the group), RFC 8032 section 5.1.4 (the
   curve) and Pippenger's buckets. The readable twin is tests/kernel/ristretto.py. */
#include <stdlib.h>
#include "kernel.h"

#define INLINE static inline __attribute__((always_inline)) /* numbers stay in registers: a third of the time */

typedef unsigned __int128 wide;

/* A number modulo p = 2^255 - 19: five limbs of 51 bits, the lowest first, each with room above. `mul` and `square` take
   limbs below 2^53.4 and, like `whole`, give limbs below 2^51 + 2^13, called tight. `plus` and `minus` add without a carry:
   of tight numbers both give limbs below 2^52.6. What `minus` takes away must be tight. */
typedef struct { uint64_t limb[5]; } Number;

#define LOW 0x7ffffffffffffu /* 51 bits */

static const Number ZERO = {{0}}, ONE = {{1}};
static const Number D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const Number TWICE_D = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
static const Number ROOT = {{0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}}; /* of -1 */
static const Number INVSQRT_A_MINUS_D = {{0x0fdaa805d40ea, 0x2eb482e57d339, 0x007610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

INLINE Number plus(Number a, Number b) {
    return (Number){{a.limb[0] + b.limb[0], a.limb[1] + b.limb[1], a.limb[2] + b.limb[2], a.limb[3] + b.limb[3],
                     a.limb[4] + b.limb[4]}};
}

INLINE Number minus(Number a, Number b) { /* 2p is added, so that no limb falls below zero */
    const uint64_t lowest = 0xfffffffffffda, other = 0xffffffffffffe;
    return (Number){{a.limb[0] + lowest - b.limb[0], a.limb[1] + other - b.limb[1], a.limb[2] + other - b.limb[2],
                     a.limb[3] + other - b.limb[3], a.limb[4] + other - b.limb[4]}};
}

/* Five sums of products as a number. 2^255 is 19, so what leaves the top comes back at the bottom times 19. */
INLINE Number carried(wide r0, wide r1, wide r2, wide r3, wide r4) {
    Number out;
    r1 += (uint64_t)(r0 >> 51);
    r2 += (uint64_t)(r1 >> 51);
    r3 += (uint64_t)(r2 >> 51);
    r4 += (uint64_t)(r3 >> 51);
    uint64_t bottom = ((uint64_t)r0 & LOW) + 19 * (uint64_t)(r4 >> 51);
    out.limb[0] = bottom & LOW;
    out.limb[1] = ((uint64_t)r1 & LOW) + (bottom >> 51);
    out.limb[2] = (uint64_t)r2 & LOW;
    out.limb[3] = (uint64_t)r3 & LOW;
    out.limb[4] = (uint64_t)r4 & LOW;
    return out;
}

INLINE Number mul(Number x, Number y) {
    const uint64_t *a = x.limb, *b = y.limb;
    uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
    return carried((wide)a[0] * b[0] + (wide)a[1] * b4 + (wide)a[2] * b3 + (wide)a[3] * b2 + (wide)a[4] * b1,
                   (wide)a[0] * b[1] + (wide)a[1] * b[0] + (wide)a[2] * b4 + (wide)a[3] * b3 + (wide)a[4] * b2,
                   (wide)a[0] * b[2] + (wide)a[1] * b[1] + (wide)a[2] * b[0] + (wide)a[3] * b4 + (wide)a[4] * b3,
                   (wide)a[0] * b[3] + (wide)a[1] * b[2] + (wide)a[2] * b[1] + (wide)a[3] * b[0] + (wide)a[4] * b4,
                   (wide)a[0] * b[4] + (wide)a[1] * b[3] + (wide)a[2] * b[2] + (wide)a[3] * b[1] + (wide)a[4] * b[0]);
}

INLINE Number square(Number x) {
    const uint64_t *a = x.limb;
    uint64_t twice0 = 2 * a[0], twice1 = 2 * a[1], a3 = 19 * a[3], a4 = 19 * a[4];
    return carried((wide)a[0] * a[0] + (wide)twice1 * a4 + (wide)(2 * a[2]) * a3,
                   (wide)twice0 * a[1] + (wide)(2 * a[2]) * a4 + (wide)a[3] * a3,
                   (wide)twice0 * a[2] + (wide)a[1] * a[1] + (wide)(2 * a[3]) * a4,
                   (wide)twice0 * a[3] + (wide)twice1 * a[2] + (wide)a[4] * a4,
                   (wide)twice0 * a[4] + (wide)twice1 * a[3] + (wide)a[2] * a[2]);
}

static Number squares(Number x, int times) {
    while (times-- > 0) x = square(x);
    return x;
}

static Number whole(Number x) { return mul(x, ONE); }

static uint64_t read_word(const uint8_t *bytes) {
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--) word = word << 8 | bytes[i];
    return word;
}

/* The number that 32 bytes say, the lowest byte first; the top bit is not read. */
static Number read_number(const uint8_t *b) {
    return (Number){{read_word(b) & LOW, read_word(b + 6) >> 3 & LOW, read_word(b + 12) >> 6 & LOW,
                     read_word(b + 19) >> 1 & LOW, read_word(b + 24) >> 12 & LOW}};
}

/* The one way to write a number: below p. */
static void write_number(Number x, uint8_t *out) {
    uint64_t *a, carry;
    x = whole(x); /* below 2p */
    a = x.limb;
    carry = 19;
    for (int i = 0; i < 5; i++) carry = (a[i] + carry) >> 51; /* 1 where x + 19 reaches 2^255, that is, x reaches p */
    carry *= 19;
    for (int i = 0; i < 5; i++) { carry += a[i]; a[i] = carry & LOW; carry >>= 51; }
    uint64_t words[4] = {a[0] | a[1] << 51, a[1] >> 13 | a[2] << 38, a[2] >> 26 | a[3] << 25, a[3] >> 39 | a[4] << 12};
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(words[i / 8] >> 8 * (i % 8));
}

static int same(Number a, Number b) {
    uint8_t one[32], other[32];
    write_number(a, one);
    write_number(b, other);
    return !memcmp(one, other, sizeof one);
}

static int is_negative(Number a) { /* RFC 9496 section 2: odd, as it is written */
    uint8_t written[32];
    write_number(a, written);
    return written[0] & 1;
}

static Number negated(Number a) { return whole(minus(ZERO, a)); }
static Number positive(Number a) { return is_negative(a) ? negated(a) : a; }

/* x to the (p - 5) / 8, that is 2^252 - 3, by runs of ones in the exponent, each twice as long or a little longer. */
static Number powered(Number x) {
    Number two = mul(square(x), x), four = mul(squares(two, 2), two), five = mul(square(four), x);
    Number ten = mul(squares(five, 5), five), twenty = mul(squares(ten, 10), ten), forty = mul(squares(twenty, 20), twenty);
    Number fifty = mul(squares(forty, 10), ten), hundred = mul(squares(fifty, 50), fifty);
    Number most = mul(squares(mul(squares(hundred, 100), hundred), 50), fifty); /* 250 ones */
    return mul(squares(most, 2), x);
}

/* RFC 9496 section 4.2, SQRT_RATIO_M1 of 1 and v: the positive root of 1 / v, or of i / v where 1 / v has none.
   Returns whether it had one. */
static int inverse_root(Number v, Number *root) {
    Number cube = mul(square(v), v), found = mul(cube, powered(mul(square(cube), v)));
    Number check = mul(v, square(found)), minus_one = negated(ONE);
    int is_one = same(check, ONE), is_minus_one = same(check, minus_one);
    if (is_minus_one || same(check, mul(minus_one, ROOT))) found = mul(found, ROOT);
    *root = positive(found);
    return is_one || is_minus_one;
}

/* A point of the curve in extended coordinates: x = X / Z, y = Y / Z, x * y = T / Z. All are tight. */
typedef struct { Number X, Y, Z, T; } Point;

/* A point with Z = 1 as additions want it: y + x, y - x, 2 * d * x * y. The first two are not tight. */
typedef struct { Number sum, difference, product; } Addend;

static const Point NOTHING = {{{0}}, {{1}}, {{1}}, {{0}}};

/* RFC 9496 section 4.3.1. Returns 0 for bytes that are no point; 32 bytes of zero are one, the identity. */
static int decode(const uint8_t *bytes, Addend *out) {
    uint8_t again[32];
    Number s = read_number(bytes), root;
    write_number(s, again);
    if (memcmp(bytes, again, sizeof again) || bytes[0] & 1) return 0;
    Number ss = square(s), u1 = minus(ONE, ss), u2 = plus(ONE, ss), u2_square = square(u2);
    Number v = whole(minus(negated(mul(D, square(u1))), u2_square));
    int was_square = inverse_root(mul(v, u2_square), &root);
    Number den_x = mul(root, u2), den_y = mul(mul(root, den_x), v);
    Number x = positive(mul(plus(s, s), den_x)), y = mul(u1, den_y), t = mul(x, y);
    if (!was_square || is_negative(t) || same(y, ZERO)) return 0;
    *out = (Addend){plus(y, x), minus(y, x), mul(t, TWICE_D)};
    return 1;
}

/* RFC 9496 section 4.3.2. */
static void encode(Point p, uint8_t *out) {
    Number u1 = mul(plus(p.Z, p.Y), minus(p.Z, p.Y)), u2 = mul(p.X, p.Y), root;
    inverse_root(mul(u1, square(u2)), &root);
    Number den1 = mul(root, u1), den2 = mul(root, u2), z_inverse = mul(mul(den1, den2), p.T);
    Number x = p.X, y = p.Y, den_inverse = den2;
    if (is_negative(mul(p.T, z_inverse))) {
        x = mul(p.Y, ROOT);
        y = mul(p.X, ROOT);
        den_inverse = mul(den1, INVSQRT_A_MINUS_D);
    }
    if (is_negative(mul(x, z_inverse))) y = negated(y);
    write_number(positive(mul(den_inverse, minus(p.Z, y))), out);
}

/* RFC 8032 section 5.1.4, the last lines of an addition and of a doubling. */
INLINE Point joined(Number e, Number f, Number g, Number h) { return (Point){mul(e, f), mul(g, h), mul(f, g), mul(e, h)}; }

INLINE Point added(Point p, const Addend *q) {
    Number a = mul(minus(p.Y, p.X), q->difference), b = mul(plus(p.Y, p.X), q->sum), c = mul(p.T, q->product), d = plus(p.Z, p.Z);
    return joined(minus(b, a), minus(d, c), plus(d, c), plus(b, a));
}

INLINE Point taken_away(Point p, const Addend *q) { /* -q is (-x, y) */
    Number a = mul(minus(p.Y, p.X), q->sum), b = mul(plus(p.Y, p.X), q->difference), c = mul(p.T, q->product), d = plus(p.Z, p.Z);
    return joined(minus(b, a), plus(d, c), minus(d, c), plus(b, a));
}

static Point together(Point p, Point q) {
    Number a = mul(minus(p.Y, p.X), minus(q.Y, q.X)), b = mul(plus(p.Y, p.X), plus(q.Y, q.X));
    Number c = mul(mul(p.T, TWICE_D), q.T), zz = mul(p.Z, q.Z), d = plus(zz, zz);
    return joined(minus(b, a), minus(d, c), plus(d, c), plus(b, a));
}

static Point doubled(Point p) {
    Number a = square(p.X), b = square(p.Y), zz = square(p.Z), h = plus(a, b), g = minus(a, b);
    return joined(minus(h, square(plus(p.X, p.Y))), plus(plus(zz, zz), g), g, h);
}

enum { WORDS = 5, WIDEST = 12 }; /* 64-bit words of a number with room for a carry; bits of a digit */

/* A number of 256 bits plus 2^(bits - 1) at the place of every digit: a digit read from that, less 2^(bits - 1), is the
   number's own between -2^(bits - 1) and 2^(bits - 1) - 1. */
static void lift(const uint8_t *scalar, int bits, int digits, uint64_t *out) {
    uint64_t half[WORDS] = {0};
    wide carry = 0;
    for (int i = 0; i < digits; i++) half[(i * bits + bits - 1) / 64] |= 1ull << (i * bits + bits - 1) % 64;
    for (int i = 0; i < WORDS; i++) {
        carry += (wide)half[i] + (i < 4 ? read_word(scalar + 8 * i) : 0);
        out[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static inline int digit_at(const uint64_t *lifted, int place, int bits) {
    int word = place / 64, shift = place % 64;
    uint64_t found = lifted[word] >> shift;
    if (shift + bits > 64) found |= lifted[word + 1] << (64 - shift);
    return (int)(found & ((1ull << bits) - 1)) - (1 << (bits - 1));
}

/* The sum of points times one digit of their numbers: those of one digit are put in one bucket, and the buckets are summed
   from the highest, bucket k being counted k times. */
static Point of_digit(const Addend *points, const uint64_t (*lifted)[WORDS], int64_t n, int place, int bits, Point *buckets) {
    Point running = NOTHING, total = NOTHING;
    int most = 1 << (bits - 1);
    for (int k = 0; k <= most; k++) buckets[k] = NOTHING;
    for (int64_t i = 0; i < n; i++) {
        int digit = digit_at(lifted[i], place, bits);
        if (digit > 0) buckets[digit] = added(buckets[digit], points + i);
        else if (digit < 0) buckets[-digit] = taken_away(buckets[-digit], points + i);
    }
    for (int k = most; k > 0; k--) {
        running = together(running, buckets[k]);
        total = together(total, running);
    }
    return total;
}

/* The bits of a digit for which n points take the fewest additions. */
static int best_bits(int64_t n) {
    int best = 2;
    double least = 1e300;
    for (int bits = 2; bits <= WIDEST; bits++) {
        double cost = (256.0 / bits + 1) * ((double)n + 1.3 * (1 << bits)); /* a bucket takes two additions of 9 products, not 7 */
        if (cost < least) { least = cost; best = bits; }
    }
    return best;
}

/* points: bytes[32 * n], encoded; scalars: bytes[32 * n], numbers of 256 bits, the lowest byte first; out: bytes[32], the
   sum of each point times its number, encoded. The identity is a point like any other.
   Returns -1, or the place of the first encoding that is no point, or -2 without memory; then `out` is left alone. */
EXPORT int64_t lk_public_sum(const uint8_t *points, const uint8_t *scalars, int64_t n, uint8_t *out) {
    int bits = best_bits(n), digits = 256 / bits + 1;
    size_t count = n > 0 ? (size_t)n : 1;
    Addend *read = malloc(count * sizeof *read);
    uint64_t (*lifted)[WORDS] = malloc(count * sizeof *lifted);
    Point *buckets = malloc(((size_t)1 << WIDEST) * sizeof *buckets), total = NOTHING;
    int64_t refused = read && lifted && buckets ? -1 : -2;
    for (int64_t i = 0; i < n && refused == -1; i++) {
        if (!decode(points + 32 * i, read + i)) refused = i;
        lift(scalars + 32 * i, bits, digits, lifted[i]);
    }
    if (refused == -1) {
        for (int digit = digits - 1; digit >= 0; digit--) {
            for (int i = 0; i < bits; i++) total = doubled(total);
            total = together(total, of_digit(read, (const uint64_t (*)[WORDS])lifted, n, digit * bits, bits, buckets));
        }
        encode(total, out);
    }
    free(read);
    free(lifted);
    free(buckets);
    return refused;
}
