"""Whose key this is: the first thing that a program asks."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Field, Schema

from caigou.api.keys import KeyRequest, reads
from caigou.api.orders import company_json
from caigou.api.schemas import CompanyOut
from caigou.api.shapes import answer, time_of
from caigou.integrations.settings import REQUESTS_A_MINUTE


class KeyOut(Schema):
    prefix: str = Field(description="What pages and journals call the key.")
    name: str
    scopes: list[str]
    company: CompanyOut
    role: Literal["buyer", "supplier"]
    made_at: str
    requests_a_minute: int


@reads("key", scope=None, out=KeyOut, summary="Whose key this is, and what it may do", tag="Keys")
def key(request: KeyRequest) -> HttpResponse:
    """Answer with the key's company and scopes; any key may ask (D5)."""
    found = request.auth
    return answer(
        {
            "prefix": found.prefix,
            "name": found.name,
            "scopes": found.scopes,
            "company": company_json(request.company),
            "role": request.actor.role,
            "made_at": time_of(found.made_at),
            "requests_a_minute": REQUESTS_A_MINUTE.value,
        }
    )
