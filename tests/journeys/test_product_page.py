"""The calculator on a product's page: with a script it follows at once, without one at the press of a button (F6)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.people import Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("product-page")]

#: Words that find goods of several variants in the demonstration.
_WORDS = ("kettle", "mug", "dress", "shoes", "watch")


def open_variants(person: Person) -> None:
    """Open the first goods that come in several variants."""
    for words in _WORDS:
        person.page.goto(f"{person.address}/search/?q={words}")
        found = person.page.eval_on_selector_all(".hit-title a", "links => links.map(link => link.href)")
        for address in found[:10]:
            person.page.goto(address)
            if person.page.locator(".mix-figure").count() > 1:
                person.look()
                return
    raise AssertionError("no goods of the demonstration come in variants")


def figure(person: Person) -> Locator:
    return person.page.locator("#quantity")


def parts(person: Person) -> list[int]:
    values = person.page.eval_on_selector_all(".mix-figure", "fields => fields.map(field => field.value)")
    return [int(value) for value in values]


def test_with_a_script_the_sum_follows_what_is_typed(house: House, chromium: Browser) -> None:
    person = Person(chromium, house.address, "en", phone=True)
    open_variants(person)
    first = int(figure(person).input_value())
    step = int(figure(person).get_attribute("step") or 1)
    person.page.evaluate("window.sameDocument = true")

    person.page.locator("#mix summary").click()
    empty = person.page.locator(".mix-figure[value='0']").first
    empty.fill(str(10 * step))
    empty.press("Tab")
    expect(figure(person)).to_have_value(str(first + 10 * step))
    expect(person.page.locator("#mix")).to_have_attribute("open", "")
    expect(person.page).to_have_url(re.compile(rf"quantity={first}&.*was={first}"))
    person.look()

    figure(person).fill(str(first + 20 * step))
    figure(person).press("Tab")
    expect(person.page.locator("#quantity-sum input[name=was]")).to_have_value(str(first + 20 * step))
    assert sum(parts(person)) == first + 20 * step

    figure(person).fill("1")
    figure(person).press("Tab")
    expect(person.page.locator("#quantity-field .field-error")).to_be_visible()
    person.page.locator("#quantity-sum a.button").first.click()
    expect(person.page.locator("#quantity-field .field-error")).to_have_count(0)
    person.context.close()


def test_a_chip_takes_the_whole_quantity_to_its_variant_without_a_new_page(house: House, chromium: Browser) -> None:
    person = Person(chromium, house.address, "zh-hans")
    open_variants(person)
    person.page.evaluate("window.sameDocument = true")
    other = person.page.locator("#variants .chip:not([aria-current])").first
    name = other.locator("span[lang]").first.inner_text()
    other.click()
    expect(person.page.locator("#variants .chip[aria-current]")).to_have_count(1)
    expect(person.page.locator("#variants .chip[aria-current] span[lang]").first).to_have_text(name)
    assert person.page.evaluate("window.sameDocument") is True
    assert sorted(parts(person))[:-1] == [0] * (len(parts(person)) - 1)
    person.look()
    person.context.close()


def test_without_a_script_a_button_shows_the_sum(house: House, chromium: Browser) -> None:
    person = Person(chromium, house.address, "en", script=False)
    open_variants(person)
    first = int(figure(person).input_value())
    person.page.locator("#mix summary").click()
    person.page.locator(".mix-figure").last.fill(str(first))
    person.page.locator("#quantity-form button:not([type=button])").click()
    expect(figure(person)).to_have_value(str(2 * first))
    expect(person.page.locator("#mix")).to_have_attribute("open", "")
    person.context.close()
