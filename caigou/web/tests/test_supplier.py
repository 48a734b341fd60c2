"""A supplier's page: what was checked by whom and until when, figures with their counts, the goods it lists."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from caigou.catalogue.models import Evidence, EvidenceKind, ProductStatus, Supplier
from caigou.kernel.clock import now
from caigou.web.market.facts import origin_fact
from tests.support.factories import Party, make_product, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


def supplier_of(party: Party) -> Supplier:
    return Supplier.objects.get(company=party.company)


def page(party: Party, language: str = "en", **parameters: Any) -> str:
    client = Client()
    client.cookies["django_language"] = language
    answer = client.get(reverse("web:supplier", args=[supplier_of(party).public_id]), parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def check(party: Party, kind: str, *, days: int, **fields: Any) -> Evidence:
    """A paper that counts for so many days from today; negative days ago it expired."""
    end = now().date() + timedelta(days=days)
    values = {
        "number": "91330782",
        "checked_by": "Mei Chen",
        "checked_on": end - timedelta(days=365),
        "expires_on": end,
    }
    return Evidence.objects.create(supplier=supplier_of(party), kind=kind, **{**values, **fields})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_supplier_shows_names_origin_and_goods(language: str) -> None:
    party = make_supplier(province="Zhejiang", province_zh="浙江", years=12, about_en="Kilns.", about_zh="窑。")
    make_product(party, title_en="Blue mug", title_zh="蓝色马克杯")
    shown = page(party, language)
    for words in ("Yiwu Qingyao Ceramics", "义乌青窑陶瓷", "浙江 义乌", "12"):
        assert words in shown
    assert ("Blue mug" if language == "en" else "蓝色马克杯") in shown


def test_evidence_says_who_checked_it_and_until_when_it_counts() -> None:
    party = make_supplier()
    paper = check(party, EvidenceKind.AUDIT, days=90)
    shown = page(party)
    for words in ("Factory audit", "by Mei Chen", "91330782", paper.expires_on.isoformat(), "Valid"):
        assert words in shown


def test_what_expired_or_was_taken_back_is_history_and_never_valid() -> None:
    party = make_supplier()
    check(party, EvidenceKind.LICENCE, days=-1)
    check(party, EvidenceKind.ISO9001, days=90, revoked_at=now())
    shown = page(party)
    assert "Expired" in shown
    assert "Taken back" in shown
    assert ">Valid<" not in shown
    assert 'data-trust="verified"' not in shown


def test_without_evidence_or_figures_the_page_says_so() -> None:
    shown = page(make_supplier())
    for words in ("Nothing of this supplier was checked yet", "no ratings yet", "no requests yet", "not known yet",
                  "No goods are listed", "years in business not stated"):  # fmt: skip
        assert words in shown
    assert not re.search(r"\b0%(?![0-9A-F]{2})", shown), "an id that ends in 0 may stand in an address"


def test_figures_come_with_their_count() -> None:
    party = make_supplier(
        rating_tenths=46, rating_count=212, answered_percent=96, answer_minutes=125, inquiries_counted=25
    )
    shown = page(party)
    for words in ("4.6 of 5", "from 212 ratings", "96%", "of 25 requests", "2 h"):
        assert words in shown


def test_goods_that_are_off_sale_are_not_listed_and_long_lists_have_pages() -> None:
    party = make_supplier()
    make_product(party, title_en="Hidden mug", status=ProductStatus.WITHDRAWN)
    make_product(make_supplier("Other"), title_en="Foreign mug")
    for number in range(13):
        make_product(party, title_en=f"Mug number {number}.")
    first, second = page(party), page(party, page="2")
    assert "Mug number 12." in first
    assert "Mug number 0." not in first
    assert "Mug number 0." in second
    assert "Hidden mug" not in first + second
    assert "Foreign mug" not in first + second


def test_three_goods_and_twelve_ask_the_database_as_often() -> None:
    party = make_supplier()
    counts = []
    for more in (3, 9):
        for _turn in range(more):
            make_product(party)
            check(party, EvidenceKind.OTHER, days=30)
        page(party)
        with CaptureQueriesContext(connection) as queries:
            page(party)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nobody_is_404() -> None:
    assert Client().get(reverse("web:supplier", args=["zzzzzzzzzzzzzzzzzzzz"])).status_code == 404


def test_a_place_is_named_in_one_language_at_a_time() -> None:
    supplier = supplier_of(make_supplier(province="Zhejiang", province_zh="浙江"))
    bare = Supplier(country="VN")
    for language in ("en", "zh-hans"):
        with override(language):
            place, country = origin_fact(supplier, ""), origin_fact(bare, "")
        assert (place.value_en, place.value_zh) == ("Yiwu, Zhejiang, China", "浙江 义乌")
        assert (country.value_en, country.value_zh) == ("Vietnam", "越南")
