"""Finding, ticking and comparing in a browser, live and without JavaScript; axe looks at each page (F5, F15)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.people import Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("pages")]

BOXES = ".hit-compare input"


def ids_in(address: str) -> list[str]:
    return parse_qs(urlsplit(address).query)["p"]


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh-hans", True)])
def test_goods_are_ticked_and_compared_live(house: House, chromium: Browser, language: str, phone: bool) -> None:
    buyer = Person(chromium, house.address, language, phone=phone, dark=phone)
    page = buyer.page
    buyer.open("/search/?quantity=1200")
    for place in (0, 1, 2):
        page.locator(BOXES).nth(place).check()
        expect(page.locator(".tray-one")).to_have_count(place + 1)
    page.locator(BOXES).nth(1).uncheck()
    expect(page.locator(".tray-one")).to_have_count(2)
    buyer.look()

    # Filtering is live, and the tray stays.
    if phone:
        page.locator(".filters > summary").click()
    page.locator("#facet-has-yes, #facet-sample-yes").first.check()
    page.wait_for_url("**sample=yes**")
    if phone:  # the sheet covers the page until it is told to show what it found
        page.locator("#filters-foot button").click()
    expect(page.locator("#found-head")).to_be_visible()
    expect(page.locator(".tray-one")).to_have_count(2)
    buyer.look()

    page.locator("#tray button:not(.tray-ask)").click()
    page.wait_for_url("**/compare/**")
    assert len(ids_in(page.url)) == 2
    expect(page.locator("thead th")).to_have_count(2)
    buyer.look()
    page.locator(".compare-drop").first.click()
    expect(page.locator("thead th")).to_have_count(1)
    buyer.look()
    assert not buyer.faults


def test_goods_are_ticked_and_compared_without_javascript(house: House, chromium: Browser) -> None:
    buyer = Person(chromium, house.address, "en", script=False)
    page = buyer.page
    buyer.open("/c/kitchen-and-dining/?quantity=1200")
    page.locator(BOXES).nth(0).check()
    page.locator(BOXES).nth(1).check()
    page.locator("#tray button:not(.tray-ask)").click()
    assert len(ids_in(page.url)) == 2

    # The tray comes along to another page of results, and one more is added there.
    buyer.open("/c/clothing/?quantity=1200")
    assert page.locator(".tray-one").count() == 2
    page.locator(BOXES).nth(0).check()
    page.locator("#tray button:not(.tray-ask)").click()
    assert len(ids_in(page.url)) == 3
    assert page.locator("thead th").count() == 3

    # Taken out of the tray, one is back at the results.
    buyer.open("/c/clothing/")
    page.locator(".tray-drop").first.click()
    assert urlsplit(page.url).path == "/c/clothing/"
    assert page.locator(".tray-one").count() == 2


def test_a_sixth_tick_is_refused_in_words_and_taken_back(house: House, chromium: Browser) -> None:
    buyer = Person(chromium, house.address, "en")
    buyer.open("/search/?quantity=1200")
    boxes = buyer.page.locator(BOXES)
    for place in range(5):
        boxes.nth(place).check()
        expect(buyer.page.locator(".tray-one")).to_have_count(place + 1)
    boxes.nth(5).click()
    expect(buyer.page.locator("#tray")).to_contain_text("at most")
    expect(boxes.nth(5)).not_to_be_checked()
    expect(buyer.page.locator(".tray-one")).to_have_count(5)
    buyer.look()
    buyer.context.close()
