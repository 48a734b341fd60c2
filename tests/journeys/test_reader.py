"""Place and currency on every page, the address form, and the house's settings, as people see them in a browser."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Route

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("reader")]


def _as(key: str, chromium: Browser, house: House, language: str = "en", *, phone: bool = False) -> Person:
    who = next(one for one in people() if one.key == key)
    person = Person(chromium, house.address, language, phone=phone, dark=phone)
    person.sign_in(who.email, PASSWORD)
    return person


@pytest.mark.parametrize("script", [True, False])
def test_a_stranger_chooses_kenya_in_the_bar(house: House, chromium: Browser, script: bool) -> None:
    person = Person(chromium, house.address, "en", script=script)
    person.open("/search/?q=mug")
    person.page.click("details.reader summary")
    person.page.select_option("#reader-destination", "KE")
    person.page.select_option("#reader-currency", "KES")
    person.look()
    person.press("details.reader button")
    assert "/search/?q=mug" in person.page.url
    person.sees("Kenya")
    person.sees("≈ KES")
    assert not person.faults


def test_on_a_phone_the_foot_leads_to_the_same_choice(house: House, chromium: Browser) -> None:
    person = Person(chromium, house.address, "zh-hans", phone=True, dark=True)
    person.open("/")
    person.page.locator(".foot-terms a").first.click()
    person.page.wait_for_url("**/reader/**")
    person.look()
    person.page.select_option("main select[name=destination]", "NG")
    person.page.select_option("main select[name=currency]", "NGN")
    person.press("main form button")
    person.sees("NGN")
    person.open("/rates/?amount=12.60&currency=CNY")
    person.sees("≈ NGN")


def test_the_address_form_follows_the_country(house: House, chromium: Browser) -> None:
    person = _as("hannah", chromium, house)
    person.open("/me/addresses/new/")
    person.page.fill("input[name=line1]", "1-1 Chiyoda")
    person.page.select_option("select[name=country]", "JP")
    person.sees("Prefecture")
    person.page.select_option("select[name=region]", "Tokyo")
    person.page.fill("input[name=city]", "Chiyoda")
    person.page.fill("input[name=postcode]", "1000001")
    person.page.fill("input[name=phone]", "03-1234-5678")
    assert person.page.input_value("input[name=line1]") == "1-1 Chiyoda"
    person.press()
    person.sees("+81 3-1234-5678")
    assert not person.faults


def test_what_is_typed_before_the_countrys_fields_come_is_kept(house: House, chromium: Browser) -> None:
    person = _as("hannah", chromium, house)
    person.open("/me/addresses/new/")
    person.page.select_option("select[name=country]", "JP")
    person.sees("Prefecture")
    person.page.select_option("select[name=region]", "Tokyo")
    held: list[Route] = []

    # A method of a list is nothing that Playwright can mark as its own.
    def hold(route: Route) -> None:
        held.append(route)

    person.page.route("**/addresses/new/", hold)
    person.page.select_option("select[name=country]", "AU")
    person.page.fill("input[name=city]", "Geelong")
    person.page.fill("input[name=postcode]", "3220")
    held[0].continue_()
    person.page.select_option("select[name=region]", "VIC")
    assert person.page.input_value("input[name=city]") == "Geelong"
    assert person.page.input_value("input[name=postcode]") == "3220"
    assert not person.faults


def test_staff_rename_the_house_and_everybody_sees_it(house: House, chromium: Browser) -> None:
    mei = _as("mei", chromium, house)
    for name in ("Harbour Trade", "Caigou"):
        mei.open("/console/settings/house.name_en/")
        mei.page.fill("input[name=value]", name)
        mei.page.fill("input[name=reason]", "Tried on a journey.")
        mei.press("main form button")
        time.sleep(5)
        stranger = Person(chromium, house.address, "en")
        stranger.open("/")
        assert stranger.page.title().endswith(f"· {name}")
        stranger.context.close()
    mei.open("/console/settings/history/")
    mei.sees("Tried on a journey.")


def test_staff_enter_a_rate_on_a_phone(house: House, chromium: Browser) -> None:
    mei = _as("mei", chromium, house, phone=True)
    mei.open("/console/rates/")
    mei.page.select_option("select[name=currency]", "EGP")
    mei.page.fill("input[name=figure]", "50.5")
    mei.page.fill("input[name=reason]", "A bank's board.")
    mei.press("form:has(input[name=figure]) button")
    mei.sees("US$1 = EGP")
