"""Order lines of a wholesaler become products: the rule, line by line, and the real file."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from caigou.catalogue.models import ImportStatus, Product
from caigou.catalogue.services.imports.uci import MAPPING, order_quantities, price_ladder, sentence_case
from caigou.catalogue.tests.making import codes, take, write_csv

pytestmark = pytest.mark.django_db

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def _line(
    code: str, quantity: int | str, price: str, text: str = "BLUE MUG", *, invoice: str = "5", by: str = "7"
) -> str:
    return f"{invoice},{code},{text},{quantity},2011-11-01 08:16:00,{price},{by},United Kingdom"


def test_sales_of_a_stock_code_become_one_product_with_tiers(tmp_path: Path) -> None:
    lines = [
        *[_line("85001", 6, "2.95")] * 5,
        *[_line("85001a", 1, "9.99", "other")],
        *[_line("85001", 12, "2.95", "BLUE MUG ")] * 3,
        *[_line("85001", 36, "2.55")] * 2,
        *[_line("85001", 1, "5.79", by="")] * 9,
    ]

    run = take(write_csv(tmp_path / "a.csv", *lines, header=HEADER))

    mug = Product.objects.get(external_id="85001")
    assert (run.status, run.rows_read, run.rows_accepted, run.products_new) == (ImportStatus.DONE, 20, 20, 2)
    assert (mug.title_en, mug.currency, mug.moq, mug.order_multiple, mug.source) == ("Blue mug", "GBP", 6, 6, MAPPING)
    assert [(tier.from_quantity, tier.unit_price.amount) for tier in mug.tiers] == [(6, "2.95"), (36, "2.55")]
    assert Product.objects.get(external_id="85001A").title_en == "Other"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (_line("85001", -6, "2.95", invoice="C536379"), "return"),
        (_line("85001", -6, "0", text="damaged"), "adjustment"),
        (_line("85001", 0, "1"), "adjustment"),
        (_line("POST", 1, "18.00", text="POSTAGE"), "not_goods"),
        (_line("bank charges", 1, "15.00"), "not_goods"),
        (_line("gift_0001_20", 1, "15.00"), "not_goods"),
        (_line("85001", 6, "0.0", text="check"), "price_not_positive"),
        (_line("85001", 6, "-11062.06"), "price_not_positive"),
        (_line("85001", 6, "1.955"), "bad_price"),
        (_line("85001", 6, "2.95", text=" "), "no_description"),
        (_line("85001", "6.5", "2.95"), "bad_number"),
        (_line("", 6, "2.95"), "missing"),
        ("5,85001,BLUE MUG", "column_count"),
    ],
)
def test_a_line_that_is_no_sale_is_refused_with_its_reason(tmp_path: Path, line: str, code: str) -> None:
    run = take(write_csv(tmp_path / "a.csv", line, _line("1", 1, "1"), header=HEADER), mapping=MAPPING)

    assert codes(run) == [(2, code)]
    assert (run.rows_read, run.rows_refused, run.rows_accepted, run.products_new) == (2, 1, 1, 1)


def test_goods_that_only_the_web_shop_sold_have_the_shop_price(tmp_path: Path) -> None:
    take(write_csv(tmp_path / "a.csv", _line("1", 1, "5.79", by=""), header=HEADER))

    assert Product.objects.get().tiers[0].unit_price.amount == "5.79"


def test_the_file_needs_a_supplier(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv", _line("1", 1, "1"), header=HEADER), supplier=None)

    assert (run.status, run.error) == (ImportStatus.FAILED, "needs_supplier")


def test_a_price_that_was_paid_once_among_many_makes_no_tier() -> None:
    assert price_ladder({(295, 6): 200, (100, 7): 1, (250, 48): 3}) == [(6, 295)]
    assert price_ladder({(295, 6): 200, (100, 7): 1, (250, 48): 5}) == [(6, 295), (48, 250)]


def test_without_a_repeated_price_the_one_of_most_pieces_stands_alone() -> None:
    assert price_ladder({(500, 1): 1, (400, 10): 1}) == [(10, 400)]


def test_a_larger_order_never_costs_more_a_piece() -> None:
    ladder = price_ladder({(300, 1): 5, (280, 10): 5, (290, 20): 5, (250, 100): 5, (250, 50): 1})

    assert ladder == [(1, 300), (10, 280), (100, 250)]


def test_every_tier_can_be_ordered_exactly() -> None:
    assert order_quantities({(300, 12): 9, (300, 24): 9, (280, 100): 2}, [(12, 300), (100, 280)]) == (12, 4)


def test_a_title_in_capitals_becomes_a_sentence() -> None:
    assert sentence_case("SET OF 4 CHRISTMAS T-LIGHTS, LONDON'S ") == "Set of 4 Christmas T-lights, London's"
    assert sentence_case(".") == "."


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_real_file_of_a_wholesaler_is_taken_in_to_the_last_line(real_data: Path) -> None:
    file = real_data / "uci_online_retail_2011-11.csv.gz"

    run = take(file)
    again = take(file)

    reasons = Counter(run.refused.values_list("code", flat=True))
    assert (run.status, run.rows_read, run.rows_accepted) == (ImportStatus.DONE, 84_711, 83_067)
    assert reasons == {
        "return": 1016,
        "not_goods": 367,
        "adjustment": 137,
        "price_not_positive": 72,
        "no_description": 52,
    }
    assert sum(reasons.values()) == run.rows_refused == 1_644
    assert (run.products_new, again.products_same, again.products_new) == (2_889, 2_889, 0)
    assert Product.objects.count() == 2_889

    holder = Product.objects.get(external_id="85123A")
    assert (holder.title_en, holder.moq, holder.order_multiple) == ("White hanging heart T-light holder", 6, 2)
    assert [(tier.from_quantity, tier.unit_price.amount) for tier in holder.tiers] == [(6, "2.95"), (32, "2.55")]
    for product in Product.objects.prefetch_related("price_tiers"):
        assert product.tiers[0].from_quantity == product.moq
        for lower, higher in pairwise(product.tiers):
            assert higher.unit_price < lower.unit_price
            assert higher.from_quantity % product.order_multiple == 0
