"""``make pictures``: the README's pictures, taken from the running demonstration on the way from search to receipt."""

from __future__ import annotations

from playwright.sync_api import Browser

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import Buyer, Person, Staff, Supplier
from tests.support.databases import ROOT
from tests.support.running import House, browser, running_house

FOLDER = ROOT / "docs" / "pictures"
_IMPORT = ROOT / "caigou" / "demo" / "data" / "catalogue.jsonl"


def take(person: Person, name: str, path: str = "") -> None:
    """Store what the person sees, as much as their screen shows."""
    if path:
        person.open(path)
    person.page.wait_for_timeout(300)
    person.page.screenshot(path=FOLDER / f"{name}.png")


def _sign_in(who: Person, key: str) -> None:
    person = next(person for person in people() if person.key == key)
    who.sign_in(person.email, PASSWORD)


def walk(house: House, chromium: Browser) -> None:
    """Walk the path once, and take a picture at each step."""
    buyer = Buyer(chromium, house.address, "en")
    _sign_in(buyer, "hannah")
    take(buyer, "search-en", "/search/?q=mug&quantity=1200")
    buyer.find("reactive-glaze mug")
    take(buyer, "product-en", buyer.path.split("?")[0] + "?quantity=1200")
    take(Buyer(chromium, house.address, "zh-hans", phone=True), "search-zh", "/search/?q=马克杯")
    inquiry = buyer.ask(1440, "One-colour logo on every mug. Could you do 12 yuan at this quantity?")

    supplier = Supplier(chromium, house.address, "zh-hans", phone=True)
    _sign_in(supplier, "lanyu")
    take(supplier, "desk-zh", "/desk/")
    supplier.offer(inquiry, "12.10", 1440, 1440, "1440只每只12.10元，含单色贴花和到墨尔本的运费。")
    take(buyer, "inquiry-en", inquiry)
    buyer.press("main a[href*='/accept/'], main form[action*='/accept/'] button")
    take(buyer, "accept-en")
    buyer.press()
    order = buyer.order(inquiry)
    take(buyer, "pay-en", order + "pay/")
    buyer.pay_by_topping_up(order)
    buyer.open(order)
    buyer.sees_state("paid")
    supplier.ship(order, "Example Ocean Lines", "EXOL 4471 902 AU")
    buyer.sees_state("shipped")
    take(buyer, "order-en")

    staff = Staff(chromium, house.address, "en")
    _sign_in(staff, "mei")
    staff.import_file(_IMPORT, "")
    take(staff, "import-en")
    take(staff, "books-en", "/console/books/")


def main() -> None:
    """Start the demonstration in a folder of its own and walk through it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_house() as house, browser() as chromium:
        walk(house, chromium)


if __name__ == "__main__":
    main()
