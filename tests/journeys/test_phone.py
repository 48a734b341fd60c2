"""On a phone: quick on a slow network, installable, and orders can be read without one (F1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from caigou.demo.people import PASSWORD, people
from tests.journeys.people import PATIENCE, Person
from tests.support.running import House
from tests.support.wire import Wire, wire_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("phone")]

#: Chromium's own preset "Slow 3G": 400 kbit/s both ways, and two seconds before each answer.
SLOW_3G = {"offline": False, "latency": 2_000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
MOST_BYTES = 200_000
MOST_SECONDS = 5.0
RESULTS = "/search/?q=mug&quantity=1200"
#: Notes the first frame in which a row of results stands on the page; no frame comes while the style is on its way.
FIRST_ROW = """const look = (now) => {
  if (document.querySelector(".hit a")?.getClientRects().length) window.firstRow = now;
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);"""


@dataclass
class Meter:
    """What went over the wire while a page was loaded into an empty cache."""

    sizes: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def total(self) -> float:
        return sum(self.sizes.values())


def load_slowly(context: BrowserContext, address: str) -> Meter:
    """Open a page on slow 3G with an empty cache; ``seconds`` is when its first row is drawn and can be pressed."""
    page, meter, names = context.new_page(), Meter(), dict[str, str]()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_3G)
    wire.on("Network.requestWillBeSent", lambda said: names.update({said["requestId"]: said["request"]["url"]}))
    wire.on(
        "Network.loadingFinished",
        lambda said: meter.sizes.update({names.get(said["requestId"], "?"): said["encodedDataLength"]}),
    )
    page.add_init_script(FIRST_ROW)
    page.goto(address)
    expect(page.locator(".hit a").first).to_be_visible()
    meter.seconds = max(painted(page), page.evaluate("window.firstRow")) / 1_000
    return meter


def cold(house: House, chromium: Browser, language: str) -> Meter:
    """Load the results on a phone that has never been here."""
    context = Person(chromium, house.address, language, phone=True).context
    meter = load_slowly(context, house.address + RESULTS)
    context.close()
    return meter


def painted(page: Page) -> float:
    """Return when the browser first drew the page's content, in milliseconds since the address was given."""
    found: Any = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)[0] ?? null"
    )
    assert found is not None, "the page was never drawn"
    return float(found)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_results_are_light_and_usable_within_five_seconds_on_slow_3g(
    house: House, chromium: Browser, language: str
) -> None:
    meter = cold(house, chromium, language)
    for _again in range(2):  # a machine that is busy with something else measures itself; three times it is us
        if meter.seconds > MOST_SECONDS:
            meter = cold(house, chromium, language)
    measured = f"{meter.total / 1000:.0f} kB, {meter.seconds:.2f} s, {meter.sizes}"
    print(measured)  # noqa: T201 - the figure is asked for
    assert len(meter.sizes) >= 3, measured
    assert meter.total <= MOST_BYTES, measured
    assert meter.seconds <= MOST_SECONDS, measured


def test_the_app_can_be_installed(house: House, chromium: Browser) -> None:
    person = Person(chromium, house.address, "en", phone=True)
    person.open("/")
    wire = person.context.new_cdp_session(person.page)
    said = wire.send("Page.getAppManifest")
    assert said["url"] == house.address + "/manifest.webmanifest"
    assert said["errors"] == []
    assert wire.send("Page.getInstallabilityErrors")["installabilityErrors"] == [] or _incognito(wire)
    person.context.close()


def _incognito(wire: Any) -> bool:
    """A context without a profile is never offered an installation; nothing else may stand in its way."""
    errors = wire.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return [error["errorId"] for error in errors] == ["in-incognito"]


def reader(chromium: Browser, wire: Wire, key: str) -> Person:
    """Somebody who has signed in on a phone, with the worker at work."""
    who = next(one for one in people() if one.key == key)
    person = Person(chromium, wire.address, "en", phone=True)
    person.page.goto(wire.address + "/account/login/")
    person.page.fill("input[name=login]", who.email)
    person.page.fill("input[name=password]", PASSWORD)
    person.press()
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    person.page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=PATIENCE)
    return person


def open_an_order(person: Person) -> str:
    """Open the list of orders and the first one; return its path."""
    person.open("/orders/")
    person.page.locator("main a[href^='/orders/']").filter(has_text=re.compile(r"\w")).first.click()
    person.page.wait_for_url(re.compile(r"/orders/[a-z0-9]+/$"))
    person.page.wait_for_function(
        "path => caches.open('caigou-pages').then(pages => pages.match(path)).then(Boolean)",
        arg=person.page.url.removeprefix(person.address),
        timeout=PATIENCE,
    )
    return person.page.url.removeprefix(person.address)


def test_orders_are_read_without_a_network_and_say_how_old_they_are(house: House, chromium: Browser) -> None:
    with wire_to(house.address) as wire:
        person = reader(chromium, wire, "hannah")
        order = open_an_order(person)
        title = person.page.locator("h1").inner_text()
        wire.cut()

        person.page.goto(person.address + order)
        expect(person.page.locator("h1")).to_have_text(title)
        expect(person.page.locator("[data-kept-words]")).to_be_visible()
        expect(person.page.locator("[data-kept-words] time")).not_to_have_text("…")
        assert person.page.evaluate("getComputedStyle(document.body).fontFamily").count(",") > 0, "it has its style"

        person.page.goto(person.address + "/search/?q=mug")
        expect(person.page.locator("h1")).to_have_text("There is no network")
        person.look()
        person.page.locator(f"[data-kept-list] a[href='{order}']").click()
        expect(person.page.locator("h1")).to_have_text(title)
        person.context.close()


def test_whoever_signs_out_leaves_nothing_to_read(house: House, chromium: Browser) -> None:
    with wire_to(house.address) as wire:
        person = reader(chromium, wire, "hannah")
        order = open_an_order(person)
        person.open("/account/logout/")
        person.press()
        person.page.wait_for_function(
            "caches.has('caigou-pages').then(kept => !kept || caches.open('caigou-pages')"
            ".then(pages => pages.keys()).then(keys => keys.length === 0))",
            timeout=PATIENCE,
        )
        wire.cut()
        person.page.goto(person.address + order)
        expect(person.page.locator("h1")).to_have_text("There is no network")
        person.context.close()
