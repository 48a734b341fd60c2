"""Filters: a rail beside the results where there is room, on a phone a sheet that says what it would show (F5).

And the search box above them, which completes what is typed (F4).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.people import Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("filters")]

RESULTS = "/search/?q=mug&quantity=1200"
SHEET = "details.filters"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_on_a_phone_filters_cover_the_page_and_say_what_they_would_show(
    house: House, chromium: Browser, language: str
) -> None:
    reader = Person(chromium, house.address, language, phone=True)
    reader.open(RESULTS)
    page = reader.page
    page.locator(f"{SHEET} > summary").click()
    reader.look()
    assert page.locator(".bar").is_hidden()
    assert page.locator("#found").is_hidden()
    before = page.locator("#filters-foot button").inner_text()
    page.locator("input[name=moq][value='100']").check()
    expect(page.locator("#filters-foot button")).not_to_have_text(before)
    said = re.search(r"\d+", page.locator("#filters-foot button").inner_text())
    assert said is not None
    page.locator("#filters-foot button").click()
    page.wait_for_url(re.compile("moq=100"))
    expect(page.locator("#found-head h1")).to_contain_text(said.group())
    expect(page.locator(SHEET)).not_to_have_attribute("open", "")
    page.locator(f"{SHEET} > summary").click()
    page.keyboard.press("Escape")
    expect(page.locator(SHEET)).not_to_have_attribute("open", "")
    assert not reader.faults, reader.faults
    reader.context.close()


def test_on_a_phone_without_javascript_the_sheet_opens_and_its_button_shows_the_results(
    house: House, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(house.address + RESULTS)
    expect(page.locator("#filters-foot button")).to_be_hidden()
    page.locator(f"{SHEET} > summary").click()
    page.locator("input[name=moq][value='100']").check()
    page.locator("#filters-foot button").click()
    page.wait_for_url(re.compile("moq=100"))
    expect(page.locator("#found .chip").first).to_contain_text("100")
    context.close()


def test_a_window_that_grows_shows_the_rail_and_one_that_shrinks_the_page(house: House, chromium: Browser) -> None:
    reader = Person(chromium, house.address, "en")
    reader.open(RESULTS)
    expect(reader.page.locator("#filters-inside")).to_be_visible()
    reader.page.set_viewport_size({"width": 600, "height": 900})
    expect(reader.page.locator("#filters-inside")).to_be_hidden()
    expect(reader.page.locator("#found")).to_be_visible()
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    expect(reader.page.locator("#filters-inside")).to_be_visible()
    reader.context.close()


def test_what_is_ticked_and_typed_while_results_are_on_their_way_is_not_lost(house: House, chromium: Browser) -> None:
    buyer = Person(chromium, house.address, "en")
    buyer.open("/search/?q=mug")
    held: list[Route] = []

    # A method of a list is nothing that Playwright can mark as its own.
    def hold(route: Route) -> None:
        held.append(route)

    buyer.page.route("**/search/?*", hold)
    for name, value in (("sample", "yes"), ("kind", "factory")):
        buyer.page.locator(f"input[name={name}][value={value}]").first.check()
    buyer.page.fill("#facet-price_min", "5")
    buyer.page.locator("#facet-price_max").focus()
    buyer.page.keyboard.type("2")
    buyer.page.wait_for_timeout(100)
    held[-1].continue_()
    expect(buyer.page.locator(".chips .chip").filter(has_text="from ¥5.00")).to_be_visible()
    buyer.page.keyboard.type("0")
    assert buyer.page.input_value("#facet-price_max") == "20"
    assert [buyer.page.is_checked(f"input[name={name}]") for name in ("sample", "kind")] == [True, True]
    buyer.page.unroute("**/search/?*")
    buyer.page.keyboard.press("Tab")
    buyer.page.wait_for_url("**price_max=20*")
    assert not buyer.faults


def test_the_search_box_completes_by_keyboard_and_asks_nothing_while_an_input_method_composes(
    house: House, chromium: Browser
) -> None:
    reader = Person(chromium, house.address, "en", phone=True)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    reader.open("/search/")
    box, lines = reader.page.locator("#find-q"), reader.page.locator("#find-list [role=option]")
    keyboard = reader.context.new_cdp_session(reader.page)
    box.focus()
    for part in ("m", "ma", "mak"):
        keyboard.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
    reader.page.wait_for_timeout(400)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "马克"})
    expect(lines.first).to_contain_text("马克")
    assert len(asked) == 1
    expect(reader.page.locator("[data-announce]")).to_contain_text("suggestion")
    reader.page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "find-1")
    reader.look()
    reader.page.keyboard.press("Escape")
    expect(lines.first).to_be_hidden()
    expect(box).to_have_value("马克")
    reader.page.keyboard.press("ArrowDown")
    expect(lines.first).to_be_visible()
    reader.page.keyboard.press("ArrowDown")
    chosen = lines.first.get_attribute("data-words") or ""
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("#found-head h1")).to_contain_text(chosen)
    reader.page.locator("#find-q").fill("")
    expect(reader.page.locator("#find-list [role=option]")).to_have_text(chosen)
    assert not reader.faults, reader.faults
    reader.context.close()
