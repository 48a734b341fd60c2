"""An export shows the catalogue as it was at one moment, whoever changes it meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from caigou.catalogue.pricing import Tier
from caigou.catalogue.services.exports import exported_rows, run
from caigou.catalogue.services.prices import Prices, save_prices
from caigou.kernel.actor import SYSTEM
from caigou.kernel.money import Money
from tests.support.factories import make_product, make_supplier


@pytest.mark.commits
def test_no_price_of_now_stands_beside_the_currency_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHUNK", 1)  # so that the second product is looked at after the first was written
    supplier = make_supplier()
    first, second = make_product(supplier), make_product(supplier)

    def elsewhere() -> None:
        for product in (first, second):
            dollars = Prices("by_quantity", "USD", 100, tiers=[Tier(100, Money(7_77, "USD"))])
            save_prices(product.pk, dollars, by=SYSTEM)
        connection.close()

    rows = exported_rows(by=SYSTEM)
    next(rows)
    changing = threading.Thread(target=elsewhere)
    changing.start()
    changing.join(20)
    row, _total = next(rows)

    assert row["currency"] == "CNY"
    assert row["tiers"][0]["price"] != "7.77"
    assert list(rows) == []
