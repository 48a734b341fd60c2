"""What the operator decides about the figures of goods."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import Whole

_GROUP = _("Volume and weight")
_UNIT = _("cm³ per kg")

EXPRESS_DIVISOR: Final = Whole(
    key="freight.express_divisor",
    group=_GROUP,
    label=_("Volumetric divisor, express"),
    explains=_("A parcel counts as its volume by this, when that is more than what it weighs. Couriers use 5000."),
    default=5_000,
    least=1_000,
    most=10_000,
    unit=_UNIT,
)
AIR_DIVISOR: Final = Whole(
    key="freight.air_divisor",
    group=_GROUP,
    label=_("Volumetric divisor, air freight"),
    explains=_("The same for air freight. Airlines use 6000, which makes a cubic metre 167 kg."),
    default=6_000,
    least=1_000,
    most=10_000,
    unit=_UNIT,
)

SETTINGS: Final = (EXPRESS_DIVISOR, AIR_DIVISOR)
