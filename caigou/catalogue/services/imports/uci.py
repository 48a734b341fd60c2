"""The mapping ``uci-online-retail``: a wholesaler's order lines become products with quantity tiers.

The file (UCI Online Retail, Chen et al., CC BY 4.0) holds what was really sold: invoice, stock code, description,
quantity, unit price. It has no price list; the list is read off the prices that were paid. The rule is in
docs/import-format.md; ``price_ladder`` and ``order_quantities`` are that rule. Currency: GBP.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Final

from caigou.catalogue.models import Supplier
from caigou.catalogue.pricing import QuoteType
from caigou.catalogue.services.imports.details import details
from caigou.catalogue.services.imports.fields import MOST_TIERS, ProductRow
from caigou.catalogue.services.imports.problems import RowRefused
from caigou.catalogue.services.imports.rows import Row
from caigou.catalogue.services.imports.steps import Listing, Step
from caigou.catalogue.services.imports.values import MOST_UNITS, clean, price_minor

MAPPING: Final = "uci-online-retail"
CURRENCY: Final = "GBP"
#: The columns that are read; the layout is known by these and two more.
COLUMNS: Final = frozenset({"invoiceno", "stockcode", "description", "quantity", "unitprice", "customerid"})
_LAYOUT: Final = COLUMNS | {"invoicedate", "country"}
#: Codes of fees, freight, samples and corrections of the books.
_NOT_GOODS: Final = frozenset(
    {"POST", "DOT", "C2", "D", "M", "S", "B", "PADS", "BANK CHARGES", "AMAZONFEE", "CRUK", "ADJUST", "ADJUST2", "23444"}
)
_NOT_GOODS_START: Final = ("GIFT_", "TEST")
_QUANTITY = re.compile(r"-?[0-9]{1,9}", re.ASCII)
#: Words that keep their capital inside a title.
_NAMES: Final = {
    name.lower(): name
    for name in (
        "Christmas", "Easter", "Halloween", "Valentine", "Victorian", "Edwardian", "Scandinavian", "Scottish", "French",
        "Parisienne", "Paris", "London", "English", "Indian", "Moroccan", "Chinese", "Japanese", "Russian", "Turkish",
        "Spanish", "Swiss", "T-light", "T-lights", "TV", "DIY", "LED", "PVC", "UK", "I", "Santa", "Noel", "Xmas",
        "Alice", "Charlotte", "Lola", "Dolly", "Suki", "Madras",
    )
}  # fmt: skip
#: Which drawing stands in for goods whose title has the word; the first match counts.
_DRAWINGS: Final[Sequence[tuple[str, str]]] = (
    ("hot water bottle", "water-bottle"), ("water bottle", "water-bottle"), ("lunch box", "lunch-box"),
    ("lunch bag", "tote-bag"), ("cake case", "bowl"), ("t-light", "candle"), ("candle", "candle"), ("teapot", "teapot"),
    ("tea set", "cup-saucer"), ("teacup", "cup-saucer"), ("cup", "cup-saucer"), ("mug", "mug"), ("bowl", "bowl"),
    ("plate", "plate"), ("cakestand", "plate"), ("cutlery", "cutlery"), ("spoon", "cutlery"), ("jumbo bag", "tote-bag"),
    ("shopper", "tote-bag"), ("backpack", "backpack"), ("rucksack", "backpack"), ("handbag", "handbag"),
    ("purse", "wallet"), ("wallet", "wallet"), ("pouch", "pouch"), ("bag", "tote-bag"), ("clock", "clock"),
    ("frame", "picture-frame"), ("lantern", "lantern"), ("lamp", "desk-lamp"), ("light", "led-strip"),
    ("umbrella", "umbrella"), ("slipper", "slippers"), ("scarf", "scarf"), ("necklace", "necklace"),
    ("bracelet", "necklace"), ("earring", "necklace"), ("hair", "hair-clip"), ("doll", "doll"), ("blocks", "blocks"),
    ("train", "toy-train"), ("car", "toy-car"), ("notebook", "notebook"), ("notepad", "notebook"),
    ("journal", "notebook"), ("vase", "vase"), ("planter", "planter"), ("plant pot", "planter"), ("pot", "planter"),
    ("bottle", "glass"), ("glass", "glass"), ("bauble", "bauble"), ("decoration", "bauble"), ("christmas", "bauble"),
    ("gift", "gift-box"), ("wrap", "gift-box"), ("box", "storage-box"), ("tin", "storage-box"),
    ("basket", "storage-box"), ("drawer", "storage-box"), ("duck", "duck"), ("apron", "dress"), ("t-shirt", "t-shirt"),
    ("soap", "soap-dispenser"), ("curtain", "curtain"), ("fabric", "fabric-roll"), ("bunting", "fabric-roll"),
    ("ribbon", "fabric-roll"),
)  # fmt: skip

_DRAWING_OF: Final = [(re.compile(rf"\b{re.escape(word)}(?:e?s)?\b"), key) for word, key in _DRAWINGS]


def fits(header: Iterable[str]) -> bool:
    """Say whether these are the columns of the file."""
    return set(header) >= _LAYOUT


@dataclass(slots=True)
class Goods:
    """All sales of one stock code: how often each (price in pence, quantity) was ordered, and by whom.

    Lines without a customer number are the web shop's sales of single pieces at shop prices; they speak for the
    price only where no trade customer bought the goods.
    """

    first_line: int
    titles: Counter[str] = field(default_factory=Counter)
    trade: Counter[tuple[int, int]] = field(default_factory=Counter)
    shop: Counter[tuple[int, int]] = field(default_factory=Counter)

    @property
    def sales(self) -> Counter[tuple[int, int]]:
        """The sales from which the price list is read."""
        return self.trade or self.shop


def steps(rows: Iterable[Row], supplier: Supplier) -> Iterator[Step]:
    """Yield a step for each line, then one for each product, in the order in which their first lines stand."""
    goods: dict[str, Goods] = {}
    for row in rows:
        try:
            if row.problem:
                yield Step(row.line, row.raw, refused=row.problem)
                continue
            _add(goods, row)
        except RowRefused as refusal:
            yield Step(row.line, row.raw, refused=refusal.problem)
        else:
            yield Step(row.line)
    for code, sold in goods.items():
        yield Step(sold.first_line, rows=0, listing=Listing(_product(code, sold), supplier.pk, MAPPING))


def _add(goods: dict[str, Goods], row: Row) -> None:
    """Count one sale; raises ``RowRefused`` for a line that is none."""
    cells = {name: row.values.get(name) or "" for name in COLUMNS}
    code = clean(cells["stockcode"], "stockcode", most=20).upper()
    if not code:
        raise RowRefused("missing", field="StockCode")
    if code in _NOT_GOODS or code.startswith(_NOT_GOODS_START):
        raise RowRefused("not_goods", value=code)
    quantity = _quantity(cells["quantity"])
    if cells["invoiceno"].strip().upper().startswith("C"):
        raise RowRefused("return")
    if quantity <= 0:
        raise RowRefused("adjustment")
    title = clean(cells["description"], "description", most=300)
    if not title:
        raise RowRefused("no_description")
    price = price_minor(cells["unitprice"], CURRENCY)
    sold = goods.setdefault(code, Goods(row.line))
    sold.titles[title] += 1
    sales = sold.trade if cells["customerid"].strip() else sold.shop
    sales[price, quantity] += 1


def _quantity(text: str) -> int:
    if not _QUANTITY.fullmatch(text.strip()) or abs(int(text)) > MOST_UNITS:
        raise RowRefused("bad_number", field="Quantity", value=text, least=1, most=MOST_UNITS)
    return int(text)


def _product(code: str, sold: Goods) -> ProductRow:
    title = sentence_case(min(sold.titles, key=lambda text: (-sold.titles[text], text)))
    ladder = price_ladder(sold.sales)
    moq, multiple = order_quantities(sold.sales, ladder)
    low = title.lower()
    values = {
        **details({}, CURRENCY, []),
        "title_en": title, "title_zh": "", "description_en": "", "description_zh": "",
        "unit": "set" if low.startswith(("set of", "set/")) else "pack" if low.startswith("pack of") else "piece",
        "currency": CURRENCY, "quote_type": QuoteType.BY_QUANTITY, "moq": moq, "order_multiple": multiple,
        "attributes": [{"name_en": "Stock code", "name_zh": "货号", "value_en": code, "value_zh": code}],
        "drawing": next((key for word, key in _DRAWING_OF if word.search(low)), ""),
        "hue": zlib.crc32(code.encode()) % 12,
    }  # fmt: skip
    tiers = ((moq, ladder[0][1]), *ladder[1:])
    return ProductRow(code, "", "", values, tiers)


def price_ladder(sales: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Return (from quantity, price in pence), quantities rising and prices falling, from what was paid how often.

    A price counts when it was paid on two lines or more and on at least 2 % of all lines; where no price does,
    the one at which most pieces were sold stands alone. It holds from the smallest quantity that was ordered at it
    on two lines or more (where there is none: from the smallest). A price is left out when a lower one holds from
    the same or a smaller quantity, so a larger order never costs more a piece.

    >>> price_ladder({(579, 1): 9, (295, 1): 27, (295, 6): 54, (255, 32): 24, (255, 64): 8, (320, 992): 1})
    [(1, 295), (32, 255)]
    """
    lines: Counter[int] = Counter()
    pieces: Counter[int] = Counter()
    for (price, quantity), count in sales.items():
        lines[price] += count
        pieces[price] += count * quantity
    enough = max(2, -(-lines.total() // 50))
    listed = [price for price in lines if lines[price] >= enough]
    if not listed:
        listed = [min(pieces, key=lambda price: (-pieces[price], price))]
    ladder: list[tuple[int, int]] = []
    for start, price in sorted((_starts_at(sales, price), price) for price in listed):
        if not ladder or (price < ladder[-1][1] and start > ladder[-1][0]):
            ladder.append((start, price))
    return ladder[:MOST_TIERS]


def _starts_at(sales: Mapping[tuple[int, int], int], price: int) -> int:
    counts = {quantity: count for (paid, quantity), count in sales.items() if paid == price}
    return min([quantity for quantity, count in counts.items() if count >= 2] or counts)


def order_quantities(sales: Mapping[tuple[int, int], int], ladder: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the MOQ and the order multiple, in pieces, from the orders at the first price of ``ladder``.

    The MOQ is the smallest quantity on at least a quarter of those orders, or the commonest where none is that
    common; only quantities below the second tier count. The multiple divides every quantity from the MOQ on that
    at least a tenth of those orders have, and every tier's quantity, so that each tier can be ordered exactly.

    >>> order_quantities({(295, 1): 27, (295, 6): 54, (295, 12): 30, (255, 32): 24}, [(1, 295), (32, 255)])
    (6, 2)
    """
    below = ladder[1][0] if len(ladder) > 1 else MOST_UNITS + 1
    counts = {
        quantity: count for (price, quantity), count in sales.items() if price == ladder[0][1] and quantity < below
    }
    total = sum(counts.values())
    common = [quantity for quantity, count in counts.items() if 4 * count >= total]
    moq = min(common) if common else min(counts, key=lambda quantity: (-counts[quantity], quantity))
    frequent = [quantity for quantity, count in counts.items() if quantity >= moq and 10 * count >= total]
    return moq, gcd(moq, *frequent, *(start for start, _price in ladder[1:]))


def sentence_case(text: str) -> str:
    """Return a title written in capitals as a sentence is written; words with digits keep their form.

    >>> sentence_case("WHITE HANGING HEART T-LIGHT HOLDER"), sentence_case("BAG 250g SWIRLY MARBLES")
    ('White hanging heart T-light holder', 'Bag 250g swirly marbles')
    """
    words = [_cased(word) for word in text.strip(" .,").split()]
    first = words[0] if words else ""
    return " ".join([first[:1].upper() + first[1:], *words[1:]]) if words else text


def _cased(word: str) -> str:
    if any(letter.isdigit() for letter in word):
        return word
    bare = word.lower().strip("()\"',.!")
    name = _NAMES.get(bare) or _NAMES.get(bare.removesuffix("'s"))
    low = word.lower()
    return low.replace(name.lower(), name, 1) if name else low
