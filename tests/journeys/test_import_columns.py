"""A supplier hands in its own price list, Excel with Chinese columns, and says once what they mean (F6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, expect

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import PATIENCE, Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("path")]

COLUMNS = ["货号", "品名", "英文名", "起订量", "单价 240-719", "单价 720以上", "箱长(cm)", "毛重(kg)", "材质"]


def price_list(path: Path, prefix: str) -> Path:
    book = Workbook()
    book.active.append(["2026年春季报价单"])
    book.active.append(COLUMNS)
    for number in range(3):
        title = f"Stoneware cup no. {number}"
        book.active.append([f"{prefix}-{number}", "粗陶杯", title, 240, 13.8, 12.6, 45.5, 14.2, "炻瓷"])
    book.active.append([f"{prefix}-9", "杯", "Cup", "many", 1, 0.9, 1, 1, ""])
    book.save(path)
    return path


def hand_in(person: Person, file: Path) -> None:
    person.sign_in(next(one.email for one in people() if one.key == "lanyu"), PASSWORD)
    person.open("/goods/imports/")
    person.page.set_input_files("input[name=file]", file)
    person.press()


def sees_the_report(person: Person) -> None:
    expect(person.page.locator("#run[data-state=done]")).to_be_visible(timeout=3 * PATIENCE)
    person.look()
    assert "many" in person.page.locator("#rows").inner_text()
    assert person.faults == []


def test_a_supplier_says_once_what_its_columns_mean(house: House, chromium: Browser, tmp_path: Path) -> None:
    seller = Person(chromium, house.address, "zh-hans")
    hand_in(seller, price_list(tmp_path / "a.xlsx", "COL-A"))
    expect(seller.page.locator("#run[data-state=columns]")).to_be_visible(timeout=3 * PATIENCE)
    seller.look()
    seller.page.locator("main a[href$='/columns/']").click()
    seller.page.wait_for_load_state()
    seller.look()
    seller.fits_too()
    seller.page.select_option("select[name=all_currency]", "CNY")
    seller.press()
    sees_the_report(seller)

    on_the_phone = Person(chromium, house.address, "en", phone=True)
    hand_in(on_the_phone, price_list(tmp_path / "b.xlsx", "COL-B"))
    sees_the_report(on_the_phone)
