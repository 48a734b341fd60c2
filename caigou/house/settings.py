"""What the house is called and how it looks."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caigou.house.declare import PictureName, Text

_GROUP = _("The house")

NAME_EN: Final = Text(
    key="house.name_en",
    group=_GROUP,
    label=_("Name"),
    explains=_("In the bar, in the title of every page and in mails, for readers of English."),
    default="Caigou",
)
NAME_ZH: Final = Text(
    key="house.name_zh",
    group=_GROUP,
    label=_("Chinese name"),
    explains=_("The same for readers of Chinese."),
    default="采购",
)
LOGO: Final = PictureName(
    key="house.logo",
    group=_GROUP,
    label=_("Logo"),
    explains=_("Stands before the name in the bar, 28 pixels high. Without one there is the seal."),
    default="",
)

SETTINGS: Final = (NAME_EN, NAME_ZH, LOGO)


def house_name() -> str:
    """Return what the house is called in the reader's language."""
    return NAME_ZH.value if (get_language() or "").startswith("zh") else NAME_EN.value
