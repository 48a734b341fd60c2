"""Units of sale as files write them: one name each, whatever language and number they came in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Ours, and how files call them. Chinese counts single things by words of their own; all of them are pieces.
_CALLED: Final[Mapping[str, str]] = {
    "piece": "pc pcs pieces unit units ea each 件 个 個 只 隻 支 枝 条 把 块 台 枚 颗 顶",
    "set": "sets 套 组",
    "pair": "pairs pr prs 双 對 对",
    "metre": "metres meter meters m 米",
    "square_metre": "square_metres square_meter square_meters sqm m2 m² ㎡ 平方米 平米",
    "roll": "rolls 卷",
    "sheet": "sheets 张",
    "box": "boxes bx 盒",
    "bag": "bags 袋",
    "bottle": "bottles 瓶",
    "pack": "packs pk pks packet packets 包",
    "dozen": "dozens doz dz 打",
    "kilogram": "kilograms kilogramme kilogrammes kg kgs 千克 公斤",
    "carton": "cartons ctn ctns 箱",
}
_BY_NAME: Final = {name: unit for unit, names in _CALLED.items() for name in (unit, *names.split())}


def unit_of(text: str) -> str:
    """Return our name of a unit of sale, or ``text`` itself where it is none of them; a piece for nothing.

    >>> unit_of("PCS."), unit_of("双"), unit_of("Square metres"), unit_of("barrel"), unit_of("")
    ('piece', 'pair', 'square_metre', 'barrel', 'piece')
    """
    if not text:
        return "piece"
    return _BY_NAME.get("_".join(text.lower().rstrip(".").split()), text)
