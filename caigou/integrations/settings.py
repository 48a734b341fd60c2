"""How much a program may ask."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import Whole

REQUESTS_A_MINUTE: Final = Whole(
    key="integrations.requests_a_minute",
    group=_("Programs of companies"),
    label=_("Requests of one key"),
    explains=_("What a key may ask of the API in a minute. One more is refused until the next minute begins."),
    default=600,
    least=10,
    most=100_000,
    unit=_("a minute"),
)

SETTINGS: Final = (REQUESTS_A_MINUTE,)
