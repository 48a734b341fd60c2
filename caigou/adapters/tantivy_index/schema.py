"""The fields of the index and how a product becomes its row of them. No text is stored: pages come from PostgreSQL."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

import tantivy

from caigou.adapters.tantivy_index.values import Values
from caigou.search import analysis
from caigou.search.ladder import ladder as whole_ladder
from caigou.search.lexicon import lexicon
from caigou.search.ports import Document, Step

#: Raised when the fields below change.
VERSION = 12
#: As many price steps as a product's ladder may have here.
RANKS = 10

KEYWORDS = ("kind", "qualification", "country", "province", "city", "currency")
#: Keywords of which a product may have several, or none.
MANY = ("category", "has")
SAMPLE, OWN_LOGO = "sample", "own_logo"
#: The bits of what ``values.PLACES`` calls ``offers``.
OFFERS = {SAMPLE: 1, OWN_LOGO: 2}
NUMBERS = (
    *("moq", "verified_until", "price", "browse", "lead", "lead_order", "rating", "rating_order", "newest"),
    *("who", "what"),
)
#: Orders behind every stated lead time.
NEVER = 2**15


@cache
def make_of() -> str:
    """Name everything on which the content of the index depends: another make means rebuild."""
    parts = (version("tantivy"), str(VERSION), str(analysis.VERSION), lexicon().digest)
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]


def build() -> tantivy.Schema:
    """Return the schema."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("completions", tokenizer_name="raw", index_option="basic")
    for name in (*KEYWORDS, *MANY):
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    for name in NUMBERS:
        builder.add_unsigned_field(name, fast=True)
    for rank in range(RANKS):
        for name in ("from", "price"):
            builder.add_unsigned_field(f"{name}_{rank}", fast=True)
    builder.add_float_field("quality", fast=True)
    return builder.build()


def ladder(document: Document) -> list[Step]:
    """Return the price steps that the index holds, at most ``RANKS``."""
    return whole_ladder(document)[:RANKS]


def row(document: Document, values: Values) -> tantivy.Document:
    """Return the index's row of ``document``; ``values`` learns its words."""
    made = tantivy.Document()
    made.add_unsigned("id", document.id)
    made.add_text("words", " ".join(analysis.index_words(document)))
    for text in document.completions:
        made.add_text("completions", text)
    for name in KEYWORDS:
        if value := getattr(document, name):
            made.add_text(name, value)
    for slug in document.categories:
        made.add_text("category", slug)
    for name, offered in ((SAMPLE, document.sample), (OWN_LOGO, document.own_logo)):
        if offered:
            made.add_text("has", name)
    for name, number in values.packed(document).items():
        made.add_unsigned(name, number)
    updated = int(document.updated_at.timestamp()) if document.updated_at else 0
    made.add_float("quality", document.quality)
    # The index takes as many bits for a column as its largest value has: orders are packed tightly, ties left to it.
    quality = round(document.quality * 10_000)
    made.add_unsigned("browse", (quality << 32) + updated)
    made.add_unsigned("moq", document.moq)
    if document.lead_days is not None:
        made.add_unsigned("lead", document.lead_days)
    if document.rating is not None:
        made.add_unsigned("rating", document.rating)
    made.add_unsigned("lead_order", NEVER if document.lead_days is None else min(document.lead_days, NEVER - 1))
    made.add_unsigned("rating_order", ((document.rating or 0) << 14) + quality)
    made.add_unsigned("newest", updated)
    made.add_unsigned("verified_until", document.verified_until.toordinal() if document.verified_until else 0)
    _add_prices(made, ladder(document))
    return made


def _add_prices(made: tantivy.Document, steps: list[Step]) -> None:
    """Write each step as "from this quantity, this price": it holds until the next one's quantity."""
    if steps:
        made.add_unsigned("price", steps[0].minor)
    for rank, step in enumerate(steps):
        made.add_unsigned(f"from_{rank}", step.from_quantity)
        made.add_unsigned(f"price_{rank}", step.minor)
