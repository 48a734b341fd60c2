"""``make pictures``: the README's pictures, taken from the running demonstration on the way from search to receipt."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import Buyer, Person, Staff, Supplier
from tests.support.databases import ROOT
from tests.support.running import House, browser, running_house

FOLDER = ROOT / "docs" / "pictures"
#: A seller's file as it comes: three rows are sound, each other one is refused for a reason of its own.
_IMPORT = """external_id,title_en,title_zh,category,unit,moq,order_multiple,currency,tiers,lead_days
SP-01,"Beech coaster, set of 4",榉木杯垫 四片装,home-decor,set,200,20,CNY,200:7.20|1000:6.60,12
SP-02,"Linen tea towel, 50 × 70 cm",亚麻茶巾 50×70cm,home-decor,piece,300,50,CNY,300:5.80|1500:5.20,15
SP-03,"Cork trivet, 18 cm",软木隔热垫 18cm,home-decor,piece,150,10,CNY,150:3.90|900:4.40,9
SP-04,"Bamboo tray, 36 cm",竹托盘 36cm,home-decor,piece,ten,10,CNY,100:14.50,14
SP-05,,,home-decor,piece,100,10,CNY,100:8.80,10
SP-06,"Glass jar with lid, 700 ml",玻璃密封罐 700ml,storage,piece,240,24,YUAN,240:6.90,18
SP-07,"Cotton bread bag",棉布面包袋,home-decor,piece,400,50,CNY,400:4.10|2000:3.70,20
"""


def take(person: Person, name: str, path: str = "") -> None:
    """Store what the person sees, as much as their screen shows."""
    if path:
        person.open(path)
    person.page.wait_for_timeout(300)
    person.page.screenshot(path=FOLDER / f"{name}.png")


def _sign_in(who: Person, key: str) -> None:
    person = next(person for person in people() if person.key == key)
    who.sign_in(person.email, PASSWORD)


def _compared(buyer: Person) -> str:
    """Return the address at which the first three goods of a search stand side by side."""
    buyer.open("/search/?q=mug&quantity=1200")
    ids = buyer.page.eval_on_selector_all("input[name=p]", "boxes => boxes.slice(0, 3).map(box => box.value)")
    return "/compare/?quantity=1200&" + "&".join(f"p={product}" for product in ids)


def walk(house: House, chromium: Browser) -> None:
    """Walk the path once, and take a picture at each step."""
    buyer = Buyer(chromium, house.address, "en")
    _sign_in(buyer, "hannah")
    take(buyer, "search-en", "/search/?q=mug&quantity=1200")
    take(buyer, "compare-en", _compared(buyer))
    buyer.find("reactive-glaze mug")
    take(buyer, "product-en", buyer.path.split("?")[0] + "?quantity=1200")
    take(Buyer(chromium, house.address, "zh-hans", phone=True), "search-zh", "/search/?q=马克杯")
    inquiry = buyer.ask(1440, "One-colour logo on every mug. Could you do 12 yuan at this quantity?")

    supplier = Supplier(chromium, house.address, "zh-hans", phone=True)
    _sign_in(supplier, "lanyu")
    take(supplier, "desk-zh", "/desk/")
    take(supplier, "workspace-zh", "/goods/")
    supplier.offer(inquiry, "12.10", 1440, 1440, "1440只每只12.10元，含单色贴花和到墨尔本的运费。")
    take(supplier, "inquiry-zh", inquiry)
    take(buyer, "inquiry-en", inquiry)
    buyer.press("a[href*='/accept/']")
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
    with tempfile.TemporaryDirectory() as folder:
        spring = Path(folder) / "spring.csv"
        spring.write_text(_IMPORT, encoding="utf-8")
        staff.import_file(spring, "Yiwu Muqingli Daily Goods")
    take(staff, "import-en")
    take(staff, "books-en", "/console/books/")


def main() -> None:
    """Start the demonstration in a folder of its own and walk through it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_house() as house, browser() as chromium:
        walk(house, chromium)


if __name__ == "__main__":
    main()
