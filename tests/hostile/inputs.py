"""Bad values, by what makes them bad; each is tried in every field and every parameter of every route."""

from __future__ import annotations

from collections.abc import Mapping

#: Values for a text field or a parameter of an address.
BAD_TEXTS: Mapping[str, str] = {
    "empty": "",
    "blanks": " \t\u3000\u00a0 ",
    "NUL": "a\x00b",
    "control characters": "a\x01\x1b[31m\x7f\x85b",
    "line breaks": "a\r\nSet-Cookie: x=1\r\n\r\nb",
    "lone surrogate": "a\ud800b",
    "not a character": "\ufffe\uffff\U0010ffff",
    "right to left": "\u202egnp.exe\u2066",
    "zero width": "\u200b\ufeff",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
    "template": "{{ settings.SECRET_KEY }}{% debug %}%(x)s%s{0}",
    "formula": '=HYPERLINK("http://evil.test")',
    "SQL": "' OR 1=1; -- \\ % _",
    "shell and path": "../../../../etc/passwd; $(id) `id`",
    "script address": "javascript:alert(1)",
    "other site": "//evil.test/\\evil.test",
    "other site, hidden": "/\t/evil.test",
    "huge": "x" * 100_000,
    "huge, four bytes each": "\U0001f600" * 5_000,
    "marks without end": "a" + "\u0301" * 5_000,
    "minus": "-1",
    "minus zero": "-0",
    "zero": "0",
    "fraction": "2.5",
    "exponent": "1e3",
    "not a number": "NaN",
    "infinity": "-Infinity",
    "hex": "0x10",
    "underscore": "1_000",
    "comma": "1,000.00",
    "too many digits": "0.0001",
    "beyond four bytes": "2147483648",
    "beyond eight bytes": "9223372036854775808",
    "10 to the 9": "1000000000",
    "10 to the 18": "999999999999999999",
    "10 to the 400": "1" + "0" * 400,
    "10 to the 5000": "1" + "0" * 5_000,
    "digits of Arabic": "\u0661\u0662\u0663",
    "digits, full width": "\uff11\uff12",
    "superscript": "\u00b2",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no such day": "2026-02-30",
    "day with a zone": "2026-01-01T24:00:00+99:99",
    "lower-case currency": "cny",
    "unknown currency": "XXX",
    "Cyrillic currency": "\u0421NY",
    "points": "PTS",
    "tampered id": "zzzzzzzzzzzzzzzzzzzz",
    "list": "[1,2]",
    "true": "true",
    "None": "None",
}

#: Parameters that some page reads from its address, or from a form beside its fields.
PARAMETERS = (
    "page", "show", "status", "currency", "before", "q", "quantity", "price_min", "price_max", "moq", "country",
    "province", "qualification", "kind", "sort", "next", "amount", "gateway", "seen", "back", "returned", "key",
    "use", "count", "top_up", "shown", "email", "language", "p", "one", "drop", "category", "sample", "own_logo",
    "lead", "rating", "was", "only",
)  # fmt: skip
