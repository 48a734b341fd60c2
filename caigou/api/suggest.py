"""Suggestions over the API: what somebody who types may mean."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import BaseModel

from caigou.search.services import suggest


class SuggestIn(BaseModel):
    """What was typed so far; a last word that is complete ends in a blank."""

    q: str = Field(default="", max_length=200, description="English, Chinese or pinyin; one Latin letter is too short.")


class SuggestionOut(Schema):
    kind: Literal["words", "category", "supplier"]
    text: str = Field(description="What to search for, or the name in the language of Accept-Language.")
    products: int = Field(description="How many goods have it; at least 1.")
    id: str | None = Field(description="The slug of a category, the id of a supplier; null for words.")


class SuggestOut(Schema):
    items: list[SuggestionOut] = Field(description="Words first; inside a kind, those of most goods first.")


def suggest_json(asked: SuggestIn) -> dict[str, Any]:
    """Return what ``SuggestOut`` describes; raises ``IndexNotReady``."""
    return {
        "items": [
            {"kind": one.kind, "text": one.text, "products": one.goods, "id": one.ident or None}
            for one in suggest(asked.q)
        ]
    }
