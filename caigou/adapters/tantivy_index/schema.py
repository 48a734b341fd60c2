"""The fields of the index and how a product becomes its row of them. No text is stored: pages come from PostgreSQL."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from typing import Any

import tantivy
from msgspec.json import encode

from caigou.adapters.tantivy_index.values import Values
from caigou.search import analysis
from caigou.search.ladder import ladder as whole_ladder
from caigou.search.lexicon import lexicon
from caigou.search.ports import Document, Step

#: Raised when the fields below change.
VERSION = 14
#: As many price steps as a product's ladder may have, as in the catalogue; nobody looks at more than some product has.
RANKS = 20

SAMPLE, OWN_LOGO = "sample", "own_logo"
#: The bits of what ``values.PLACES`` calls ``offers``.
OFFERS = {SAMPLE: 1, OWN_LOGO: 2}
#: Columns that every product has a number in.
NUMBERS = ("moq", "newest", "who", "what")
#: Quality is told to so many parts of one: the index packs few different numbers tightly.
QUALITY = 1_024


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
    for name in NUMBERS:
        builder.add_unsigned_field(name, fast=True)
    builder.add_unsigned_field("price_0", fast=True)  # holds from the first unit on
    for rank in range(1, RANKS):
        for name in ("from", "price"):
            builder.add_unsigned_field(f"{name}_{rank}", fast=True)
    builder.add_float_field("quality", fast=True)
    return builder.build()


def ladder(document: Document) -> list[Step]:
    """Return the price steps that the index holds, at most ``RANKS``."""
    return whole_ladder(document)[:RANKS]


def row(document: Document, values: Values) -> str:
    """Return the index's row of ``document`` as JSON, which the engine reads faster than one value after the other.

    ``values`` learns its words.
    """
    made: dict[str, Any] = {
        "id": document.id,
        "words": analysis.index_text(document),
        "completions": document.completions,
        **values.packed(document),
        "moq": document.moq,
        "newest": int(document.updated_at.timestamp()) if document.updated_at else 0,
        "quality": round(document.quality * QUALITY) / QUALITY,
    }
    _add_prices(made, ladder(document))
    return encode(made).decode()


def _add_prices(made: dict[str, Any], steps: list[Step]) -> None:
    """Write each step as "from this quantity, this price": it holds until the next one's quantity."""
    for rank, step in enumerate(steps):
        if rank:
            made[f"from_{rank}"] = step.from_quantity
        made[f"price_{rank}"] = step.minor
