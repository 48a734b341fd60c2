"""The whole path, as its people walk it, through the product as a person starts it.

A file is imported, goods are found, an offer is asked for, made and accepted, an order is placed, paid into escrow,
shipped and confirmed, and the money is released; worker and database are killed on the way; the books balance
after every step, and nothing is left running at the end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import Buyer, Staff, Supplier
from tests.support.running import House, running_house

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("path")]

_DEMO_FILE = Path(__file__).resolve().parents[2] / "caigou" / "demo" / "data" / "catalogue.jsonl"
_REAL_FILE = "uci_online_retail_2011-11.csv.gz"


@dataclass(frozen=True)
class Deal:
    """What is bought, and for how much: every figure that the books must show at the end."""

    words: str
    quantity: int
    unit_price: str
    total: str
    currency: str
    wish: str
    note: str


def _minor(amount: str) -> int:
    return int(amount.replace(".", ""))


def balances(house: House) -> dict[str, int]:
    """The books balance; return what each kind of account holds, credits less debits, such as ``escrow_CNY``."""
    report = house.run("check-books")
    assert report["balanced"], report
    return {
        f"{line['kind']}_{line['currency']}": _minor(line["credits"]) - _minor(line["debits"])
        for line in report["trial_balance"]
    }


def walk(house: House, buyer: Buyer, supplier: Supplier, deal: Deal) -> None:
    """From the search to the release; the books are checked after each step."""
    escrow, payable = f"escrow_{deal.currency}", f"supplier_payable_{deal.currency}"
    before = balances(house)
    total = _minor(deal.total)

    def holds(account: str, more: int) -> None:
        now = balances(house)
        assert now.get(account, 0) == before.get(account, 0) + more, (account, before, now)

    buyer.find(deal.words)
    inquiry = buyer.ask(deal.quantity, deal.wish)
    supplier.open("/desk/")
    supplier.offer(inquiry, deal.unit_price, deal.quantity, deal.quantity, deal.note)
    buyer.sees_an_offer_at_once()
    buyer.accept(inquiry)
    buyer.accept_again(inquiry)
    order = buyer.order(inquiry)
    holds(escrow, 0)

    buyer.pay_by_topping_up(order)
    house.kill("caigou-worker")
    house.kill("bin/postgres -D")
    buyer.wait_for_house()
    buyer.open(order)
    buyer.sees_state("paid")
    holds(escrow, total)

    with buyer.follows_again():
        house.kill("caigou-live")
    supplier.open(order)
    supplier.ship(order, "Example Ocean Lines", "EXOL 7712 004 AU")
    buyer.sees("EXOL7712004AU")  # the timeline follows by itself: nobody reloaded the buyer's page
    holds(escrow, total)
    buyer.confirm(order)
    buyer.sees_state("completed")
    holds(escrow, 0)
    holds(payable, total)
    supplier.open("/money/")
    assert not buyer.faults + supplier.faults


def _supplier(house: House, chromium: Browser, key: str) -> Supplier:
    person = next(person for person in people() if person.supplier == key)
    supplier = Supplier(chromium, house.address, "zh-hans", phone=True)
    supplier.sign_in(person.email, PASSWORD)
    return supplier


def _staff(house: House, chromium: Browser) -> Staff:
    person = next(person for person in people() if person.role == "staff")
    staff = Staff(chromium, house.address, "en")
    staff.sign_in(person.email, PASSWORD)
    return staff


@pytest.mark.real_data
def test_the_real_file_is_imported_and_bought_from_in_english(house: House, chromium: Browser) -> None:
    folder = os.environ.get("CAIGOU_DATA")
    if not folder or not (Path(folder) / _REAL_FILE).exists():
        pytest.skip("CAIGOU_DATA names no folder with the real wholesale file")
    staff = _staff(house, chromium)
    report = staff.import_file(Path(folder) / _REAL_FILE, "Yiwu Muqingli Daily Goods")
    assert "84,711" in report
    assert "2,889" in report

    buyer = Buyer(chromium, house.address, "en")
    buyer.sign_up("Ada Moreau", "ada@geelong-gifts.example", "Geelong Gifts", "AU", "a long enough passphrase")
    buyer.add_address()
    deal = Deal(
        words="white hanging heart t-light holder",
        quantity=120,
        unit_price="2.40",
        total="288.00",
        currency="GBP",
        wish="White only, please. Packed so that the hearts don't scratch each other.",
        note="120个每个2.40英镑，含运费，单个气泡袋包装。",
    )
    walk(house, buyer, _supplier(house, chromium, "yiwu-muqing"), deal)
    staff.open("/console/")
    staff.open("/console/orders/")
    staff.open("/console/books/")


def test_the_demo_file_is_imported_again_and_bought_from_in_chinese(house: House, chromium: Browser) -> None:
    again = house.run("import", str(_DEMO_FILE))
    assert again["products"] == {"new": 0, "changed": 0, "unchanged": 60}
    assert again["rows"]["refused"] == 0

    buyer = Buyer(chromium, house.address, "zh-hans")
    buyer.sign_in(people()[1].email, PASSWORD)
    deal = Deal(
        words="窑变釉马克杯",
        quantity=720,
        unit_price="12.20",
        total="8784.00",
        currency="CNY",
        wish="湖蓝和鼠尾草绿各一半，每箱一色。",
        note="720只每只12.20元，含送到汉堡的运费，二十五天出货。",
    )
    walk(house, buyer, _supplier(house, chromium, "dehua-lanyu"), deal)


def test_the_path_needs_no_javascript(house: House, chromium: Browser) -> None:
    """Search, quantity, inquiry, offer, seal, order, payment, shipping and receipt with plain forms only."""
    buyer = Buyer(chromium, house.address, "en", phone=True, script=False)
    buyer.sign_in(people()[0].email, PASSWORD)
    supplier = _supplier(house, chromium, "dehua-lanyu")
    buyer.find("dinner plate stoneware")
    inquiry = buyer.ask(1500, "Mixed colours are fine.")
    supplier.offer(inquiry, "16.00", 1500, 300, "1500只每只16元，含运费。")
    buyer.accept(inquiry)
    order = buyer.order(inquiry)
    buyer.pay_by_topping_up(order)
    buyer.sees_state_by_reloading(order, "paid")
    supplier.ship(order, "Example Ocean Lines", "EXOL 7712 005 AU")
    buyer.confirm(order)
    buyer.sees_state_by_reloading(order, "completed")
    balances(house)


def test_ctrl_c_leaves_nothing_running() -> None:
    """In a house of its own: tests come in any order."""
    with running_house() as house:
        assert house.stop() == []
