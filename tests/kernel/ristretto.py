"""ristretto255 with Python's integers, after RFC 9496 section 4: the readable twin of kernel/public_sum.c."""

from __future__ import annotations

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
Point = tuple[int, int, int, int]  # X, Y, Z, T of RFC 8032 section 5.1.4
IDENTITY: Point = (0, 1, 1, 0)


def absolute(number: int) -> int:
    return P - number if number & 1 else number


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496 section 4.2: whether u / v is a square, and its root, or that of i * u / v."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * root * root % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        root = SQRT_M1 * root % P
    return correct or flipped, absolute(root)


def decode(encoded: bytes) -> Point | None:
    """RFC 9496 section 4.3.1."""
    s = int.from_bytes(encoded, "little")
    if s >= P or s & 1:
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
    den_x = inverse * u2 % P
    den_y = inverse * den_x * v % P
    x, y = absolute(2 * s * den_x % P), u1 * den_y % P
    t = x * y % P
    return None if not was_square or t & 1 or y == 0 else (x, y, 1, t)


def encode(point: Point) -> bytes:
    """RFC 9496 section 4.3.2."""
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, inverse = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t0 % P
    x, y, den_inverse = x0, y0, den2
    if t0 * z_inverse % P & 1:
        x, y, den_inverse = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    if x * z_inverse % P & 1:
        y = -y % P
    return absolute(den_inverse * (z0 - y) % P).to_bytes(32, "little")


def added(one: Point, other: Point) -> Point:
    """RFC 8032 section 5.1.4."""
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point added to nothing so many times."""
    found = IDENTITY
    for bit in bin(number)[2:]:
        found = added(found, found)
        if bit == "1":
            found = added(found, point)
    return found


def public_sum(points: bytes, scalars: bytes) -> bytes | None:
    """The sum of each point times its number, encoded; None where an encoding is no point."""
    total = IDENTITY
    for place in range(0, len(points), 32):
        point = decode(points[place : place + 32])
        if point is None:
            return None
        total = added(total, times(int.from_bytes(scalars[place : place + 32], "little"), point))
    return encode(total)
