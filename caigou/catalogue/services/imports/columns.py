"""Somebody else's columns: which of them mean which field of ours, in which unit, and what no column says. Pure.

``columns`` maps the name of a column, as ``rows.column_names`` writes it, to ``{"field": "moq"}``; with a factor to
``{"field": "carton_length_mm", "times": "10"}`` (theirs are centimetres); a price that holds from a quantity on to
``{"field": "tier", "from": 500}``; anything else worth showing to ``{"field": "attribute"}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from caigou.catalogue.services.imports.details import STATED
from caigou.catalogue.services.imports.fields import COLUMNS
from caigou.catalogue.services.imports.meanings import ATTRIBUTE, TIER, word_of, words_of
from caigou.catalogue.services.imports.rows import Row
from caigou.catalogue.services.imports.sheets import Doubtful
from caigou.catalogue.services.imports.values import LENGTHS, MOST_UNITS, blank, clean
from caigou.kernel.errors import BadInput

FIELDS: Final = (COLUMNS - {"source", "status"}) | {TIER, ATTRIBUTE}
#: Fields that the whole file may have one value of.
CONSTANTS: Final = ("currency", "moq", "order_multiple", "unit", "category", "lead_days")
#: Fields with a unit, which a file may state in another one.
SCALED: Final = frozenset(name for name in STATED if name.endswith(("_mm", "_g")))
FACTORS: Final = ("10", "1000", "25.4", "500", "453.592", "12")
_FACTOR = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)
_CHINESE = re.compile("[\u3400-\u9fff]")
_THOUSANDS = re.compile(r",[0-9]{3}(?![0-9])", re.ASCII)
_MOST_TIERS = 20

Columns = Mapping[str, Mapping[str, Any]]

#: How files call our fields, in English and Chinese, blanks as underscores.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "external_id": ("sku", "item_no", "item_no.", "item_number", "item", "product_id", "article", "code", "model",
                    "model_no", "model_no.", "货号", "编号", "款号", "产品编号", "商品编码", "型号", "商品id"),
    "title_en": ("title", "name", "product_name", "product", "description_short", "english_name", "英文名", "英文品名",
                 "英文名称"),
    "title_zh": ("chinese_name", "品名", "名称", "产品名称", "商品名称", "商品标题", "标题", "中文名", "中文品名"),
    "description_en": ("description", "details", "english_description"),
    "description_zh": ("描述", "产品描述", "商品描述", "详情", "说明"),
    "currency": ("币种", "货币"),
    "price": ("unit_price", "fob", "fob_price", "exw", "exw_price", "price_usd", "price_cny", "单价", "价格", "出厂价",
              "批发价", "含税单价", "未税单价"),
    "moq": ("min_order", "minimum_order", "minimum_order_quantity", "min_qty", "起订量", "起批量", "最小起订量",
            "最低起订量"),
    "order_multiple": ("multiple", "pack_size", "倍数", "起订倍数"),
    "unit": ("单位", "计量单位"),
    "category": ("类目", "分类", "类别"),
    "carton_pieces": ("pcs/ctn", "pcs_per_carton", "qty/ctn", "units_per_carton", "装箱数", "每箱数量", "箱装数",
                      "件数/箱"),
    "carton_length_mm": ("carton_length", "length", "箱长", "外箱长", "长"),
    "carton_width_mm": ("carton_width", "width", "箱宽", "外箱宽", "宽"),
    "carton_height_mm": ("carton_height", "height", "箱高", "外箱高", "高"),
    "carton_weight_g": ("gross_weight", "g.w.", "gw", "毛重", "箱重", "整箱毛重", "外箱毛重"),
    "weight_g": ("weight", "net_weight", "unit_weight", "重量", "净重", "单重", "克重"),
    "lead_days": ("lead_time", "delivery_days", "lead_time_days", "交期", "货期", "发货天数", "交货期"),
    "hs_code": ("hs", "hscode", "hs编码", "海关编码", "商品海关编码"),
    "pictures": ("picture", "image", "images", "photo", "图片", "主图", "图片名"),
    "sold": ("sales", "销量", "成交量"),
    "supplier": ("vendor", "factory", "供应商", "厂家"),
    "sample_price": ("sample", "sample_cost", "样品费", "样品价"),
    "source_url": ("url", "link", "链接", "商品链接"),
}  # fmt: skip
_BY_NAME: Final = {name: field for field, names in _NAMES.items() for name in names}
#: No carton has a side of 200 mm at most in all rows, or weighs 200 g: these are centimetres and kilograms.
_CARTON: Final = {
    "carton_length_mm": "10",
    "carton_width_mm": "10",
    "carton_height_mm": "10",
    "carton_weight_g": "1000",
}
_TOO_SMALL: Final = 200
_OURS = re.compile(r"mm|毫米|[(（]g|_g$|克")
_UNITS: Final = (("cm", "_mm", "10"), ("厘米", "_mm", "10"), ("kg", "_g", "1000"), ("公斤", "_g", "1000"))
_FROM = re.compile(r"(?:price|单价|价格)?[^0-9]{0,8}([0-9]{1,7})\s*(?:\+|-|~|–|pcs|以上|个|件|$)", re.ASCII)
_BARE = re.compile(r"[_ ]*[(（\[].*$")


def guess(header: Sequence[str], rows: Iterable[Sequence[str]] = ()) -> dict[str, dict[str, Any]]:
    """Return what the columns probably mean; a column that nothing is known of is left out.

    ``rows`` are the first ones: where the name of a carton's column has no unit, its figures tell it.

    >>> guess(["货号", "箱长(cm)", "price_100-499", "remark"])
    {'货号': {'field': 'external_id'}, '箱长(cm)': {'field': 'carton_length_mm', 'times': '10'}, \
'price_100-499': {'field': 'tier', 'from': 100}}
    """
    found: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for column, *figures in zip(header, *(_as_wide(row, len(header)) for row in rows), strict=True):
        meant = _meaning(column)
        if meant is not None and (meant["field"] == TIER or meant["field"] not in taken):
            taken.add(meant["field"])
            stated = "times" in meant or _OURS.search(column.lower())
            found[column] = meant if stated else meant | _unit_by(meant["field"], figures)
    return found


def _as_wide(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * width][:width]


def _unit_by(field: str, figures: Iterable[str]) -> dict[str, str]:
    """Return the factor of a carton's measure whose figures are too small for millimetres and grams."""
    stated = [figure for figure in figures if figure.strip()]
    try:
        small = bool(stated) and all(0 < Decimal(figure.strip()) <= _TOO_SMALL for figure in stated)
    except InvalidOperation:
        return {}
    return {"times": _CARTON[field]} if small and field in _CARTON else {}


def _meaning(column: str) -> dict[str, Any] | None:
    bare = _BARE.sub("", column).strip("_*: ：")
    field = column if column in COLUMNS else bare if bare in COLUMNS else _BY_NAME.get(column) or _BY_NAME.get(bare)
    if field is None:
        priced = _FROM.search(column) if re.search(r"price|单价|价格|^[0-9]", column) else None
        return {"field": TIER, "from": int(priced[1])} if priced and 0 < int(priced[1]) <= MOST_UNITS else None
    low = column.lower()
    times = next((factor for word, unit, factor in _UNITS if field.endswith(unit) and word in low), None)
    return {"field": field, "times": times} if times and field in SCALED else {"field": field}


def checked(columns: Columns, constants: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return ``columns`` as they are stored; raises ``BadInput`` naming what is missing, twice or no such thing."""
    kept = {name: _checked_one(name, said) for name, said in columns.items()}
    fields = [said["field"] for said in kept.values()]
    for field in fields:
        if field not in (TIER, ATTRIBUTE) and fields.count(field) > 1:
            raise BadInput(_("Two columns are said to be %(field)s. Choose one of them.") % {"field": word_of(field)})
    stated = {*fields, *(name for name in CONSTANTS if constants.get(name))}
    needed = {"external_id": {"external_id"}, "title_en": {"title_en", "title_zh"}, "currency": {"currency"},
              "moq": {"moq"}, "price": {"price", "tiers", TIER, "variants"}}  # fmt: skip
    missing = [name for name, any_of in needed.items() if not stated & any_of]
    if missing:
        raise BadInput(_("No column says %(fields)s. Name one, or fill it in for the whole file.")
                       % {"fields": words_of(missing)}, fields=dict.fromkeys(missing, ""))  # fmt: skip
    if len([field for field in fields if field == TIER]) > _MOST_TIERS:
        raise BadInput(_("There are more than %(most)s prices by quantity.") % {"most": _MOST_TIERS})
    return kept


def _checked_one(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    field = said.get("field")
    if field not in FIELDS:
        raise BadInput(_("%(column)s is said to be a field that doesn't exist.") % {"column": name})
    if field == TIER:
        start = said.get("from")
        if type(start) is not int or not 1 <= start <= MOST_UNITS:
            raise BadInput(_("Say from which quantity on the price in %(column)s holds.") % {"column": name})
        return {"field": TIER, "from": start}
    times = str(said.get("times") or "")
    if not times or times == "1":
        return {"field": field}
    if field not in SCALED or not _FACTOR.fullmatch(times) or Decimal(times) == 0:
        raise BadInput(_("%(column)s can't be converted by that factor.") % {"column": name})
    return {"field": field, "times": times}


def renamed(rows: Iterable[Row], columns: Columns, constants: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows with our fields instead of their columns."""
    for row in rows:
        yield row if row.problem else Row(row.line, row.raw, mapped(row.values, columns, constants))


def mapped(values: Mapping[str, Any], columns: Columns, constants: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of one row under our names; a constant fills in what its row leaves empty."""
    found: dict[str, Any] = {}
    tiers: list[dict[str, Any]] = []
    attributes: list[dict[str, str]] = []
    for name, said in columns.items():
        value = values.get(name)
        field = said["field"]
        if isinstance(value, Doubtful):
            found[field] = value
        elif blank(value):
            continue
        elif field == TIER:
            tiers.append({"from": said["from"], "price": value})
        elif field == ATTRIBUTE:
            attributes.append(_fact(name, str(value)))
        else:
            found[field] = _scaled(value, said["times"]) if "times" in said else value
    if tiers:
        found["tiers"] = sorted(tiers, key=lambda tier: int(tier["from"]))
    if attributes and "attributes" not in found:
        found["attributes"] = attributes
    for field, value in constants.items():
        if value and blank(found.get(field)):
            found[field] = value
    return found


def _fact(name: str, value: str) -> dict[str, str]:
    language = "zh" if _CHINESE.search(name) else "en"
    label = name.replace("_", " ")
    return {f"name_{language}": label[:1].upper() + label[1:], f"value_{language}": value}


def _scaled(value: Any, times: str) -> Any:
    """Return a measure in our unit, rounded to whole millimetres or grams; what is no number stays for its refusal.

    A comma before three digits may stand for thousands or for a point, a factor of a thousand: it isn't guessed.

    >>> _scaled("35.55", "10"), _scaled("35,5", "10"), _scaled("about 3", "10"), _scaled("1,200", "10")
    ('356', '355', 'about 3', '1,200')
    """
    if _THOUSANDS.search(str(value)):
        return value
    try:
        number = Decimal(str(value).strip().replace(",", ".")) * Decimal(times)
        return str(int(number.quantize(Decimal(1), ROUND_HALF_UP)))
    except (InvalidOperation, ValueError, OverflowError):
        return value


def clean_constants(constants: Mapping[str, Any]) -> dict[str, str]:
    """Return the values for the whole file as clean texts; raises ``RowRefused`` for one that is too long."""
    stated = {name: constants[name] for name in CONSTANTS if constants.get(name)}
    return {name: clean(value, name, most=LENGTHS.get(name, 20)) for name, value in stated.items()}
