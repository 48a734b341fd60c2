"""People in a browser: what each does on the way from the search to the release of the money.

Pages are found by their addresses, fields by their names and acts by the page's one primary button, so that the
same steps walk through the English and the Chinese pages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.looking import Sight, judge, see

PRIMARY = "main form button[data-kind=primary]"
#: Long enough for a worker or a database that was just killed to come back.
PATIENCE = 30_000
_PHONE: ViewportSize = {"width": 390, "height": 844}
_DESK: ViewportSize = {"width": 1280, "height": 900}


class Person:
    """Somebody with a browser of their own; every page that they open is checked by axe."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        language: str,
        *,
        phone: bool = False,
        dark: bool = False,
        script: bool = True,
    ) -> None:
        self.address = address
        self.script = script
        self.dark = dark
        self.context = browser.new_context(
            viewport=_PHONE if phone else _DESK,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        self.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.language = language
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> None:
        """Open a page by its path."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.look()

    def press(self, selector: str = PRIMARY) -> None:
        """Press the page's primary button, or another one, and look at what comes."""
        self.page.locator(f"{selector} >> visible=true").first.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> Sight | None:
        """The page speaks the reader's language, is as wide as the screen, and axe finds nothing."""
        speaks = "zh" if self.language == "zh-hans" else "en"
        if not self.script:  # axe and measuring need a script; the same pages are looked at with one
            expect(self.page.locator("html")).to_have_attribute("lang", re.compile(f"^{speaks}"))
            return None
        seen = see(self.page)
        assert seen.language.startswith(speaks), f"{self.page.url} speaks {seen.language}"
        self._fits(seen.over)
        judge(self.page, seen, self.language, dark=self.dark)
        return seen

    def _fits(self, over: int) -> None:
        """The page doesn't scroll sideways."""
        assert over <= 0, f"{self.page.url} scrolls sideways by {over} px at {self.page.viewport_size}"

    def fits_too(self) -> None:
        """Neither does it on the other kind of screen."""
        mine = self.page.viewport_size
        self.page.set_viewport_size(_DESK if mine == _PHONE else _PHONE)
        self._fits(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        if mine:
            self.page.set_viewport_size(mine)

    def sees(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page says it."""
        expect(self.page.locator("body")).to_contain_text(words, timeout=PATIENCE)

    def sign_in(self, email: str, password: str) -> None:
        self.open("/account/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.press()

    def sign_up(self, name: str, email: str, company: str, country: str, password: str) -> None:
        """Open an account; the code of the mail stands on the demonstration's outbox page."""
        self.open("/account/signup/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password1]", password)
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=company]", company)
        self.page.select_option("select[name=country]", country)
        self.press()
        code = self._code_for(email)
        self.page.fill("input[name=code]", code)
        self.press()

    def _code_for(self, email: str) -> str:
        outbox = self.context.new_page()
        outbox.goto(self.address + "/demo/outbox/")
        mail = outbox.locator(".card").filter(has_text=email).first.inner_text()
        outbox.close()
        code = re.search(r"\b[0-9A-Z]{3,4}-?[0-9A-Z]{3,4}\b", mail)
        assert code, mail
        return code.group()


class Staff(Person):
    def import_file(self, path: Path, supplier: str) -> str:
        """Upload a catalogue and wait until the worker has taken it in; return the report.

        ``supplier`` is whose goods a file of one seller lists; empty when each row names its own.
        """
        self.open("/console/imports/")
        self.page.set_input_files("input[name=file]", path)
        if supplier:
            self.page.select_option("select[name=supplier]", label=supplier)
        self.press()
        expect(self.page.locator("#run[data-state=done]")).to_be_visible(timeout=3 * PATIENCE)
        self.look()
        return self.page.locator("main").inner_text()


class Buyer(Person):
    def find(self, words: str) -> None:
        """Search, and open the first hit."""
        self.open("/")
        self.page.locator("input[name=q]").first.fill(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("/search/"))
        self.look()
        self.page.locator(".hit a").first.click()
        self.page.wait_for_url(re.compile("/p/"))
        self.look()

    def ask(self, quantity: int, wish: str) -> str:
        """Ask for an offer; return the inquiry's path."""
        self.page.goto(self.page.url.split("?")[0].rstrip("/") + f"/ask/?quantity={quantity}")
        self.look()
        self.page.fill("textarea[name=wish]", wish)
        self.page.fill("input[name=quantity]", "1")
        self.press()
        self.sees(str(quantity) if quantity < 1000 else f"{quantity:,}")  # the next valid quantity is named
        self.page.fill("input[name=quantity]", str(quantity))
        assert self.page.input_value("textarea[name=wish]") == wish, "what was typed is lost"
        self.press()
        self.page.wait_for_url(re.compile("/requests/"))
        return self.path

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    def sees_an_offer_at_once(self) -> None:
        """Within two seconds it stands on the page of the conversation, which nobody reloads (F12)."""
        expect(self.page.locator("a[href*='/accept/']").first).to_be_attached(timeout=2_000)
        self.look()

    @contextmanager
    def follows_again(self) -> Iterator[None]:
        """After the block, whatever happens in it, the page opens a stream anew by itself."""
        with self.page.expect_response(lambda answer: "/live/stream" in answer.url and answer.ok, timeout=PATIENCE):
            yield

    def accept(self, inquiry: str) -> None:
        self.open(inquiry)
        self.press("a[href*='/accept/']")
        self.press()

    def accept_again(self, inquiry: str) -> None:
        """A second tab, or an impatient finger: the offer is sealed already, and stays as it is."""
        self.open(inquiry)
        expect(self.page.locator("a[href*='/accept/']")).to_have_count(0)

    def sees_state(self, state: str) -> None:
        """Wait until the order's page, which nobody reloads, has come to ``state``."""
        expect(self.page.locator(f"#order-live[data-state={state}]")).to_be_visible(timeout=PATIENCE)
        self.look()

    def sees_state_by_reloading(self, order: str, state: str) -> None:
        """As above, for a reader without JavaScript."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            self.open(order)
            if self.page.locator("#order-live").get_attribute("data-state") == state:
                return
            time.sleep(1)
        raise AssertionError(f"{order} did not come to {state}")

    def wait_for_house(self) -> None:
        """Wait until the database answers again."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            if self.page.request.get(self.address + "/readyz").ok:
                return
            time.sleep(0.2)
        raise AssertionError("the house did not come back")

    def add_address(self) -> None:
        self.open("/me/addresses/new/")
        self.page.select_option("select[name=country]", "AU")
        if self.page.locator("noscript button").is_visible():
            self.page.locator("noscript button").click()
        self.page.locator("select[name=region]").select_option("VIC")
        for field, value in {
            "name": "Ada Moreau",
            "phone": "+61 3 5550 0147",
            "line1": "12 Wharf Road",
            "city": "Geelong",
            "postcode": "3220",
        }.items():
            self.page.fill(f"input[name={field}]", value)
        self.press()
        self.page.wait_for_url(lambda url: "/addresses/new/" not in url)

    def order(self, inquiry: str) -> str:
        """Place the order under the accepted offer; return the order's path."""
        self.open(inquiry)
        self.page.locator("a[href*='/order/'] >> visible=true").first.click()
        self.page.wait_for_url(re.compile("/order/"))
        self.look()
        self.page.locator("input[name=address]").first.check()
        self.press()
        self.page.wait_for_url(re.compile("/orders/"))
        return self.path

    def pay_by_topping_up(self, order: str) -> None:
        """The wallet is short: top up the missing sum at the sandbox gateway; the order resumes by itself."""
        self.open(order + "pay/")
        self.press("button[name=top_up]")
        self.press()  # the recharge form, filled in with what is missing
        self.page.wait_for_url(re.compile("/sandbox/"))
        self.look()
        self.press("button[value=pay]")

    def confirm(self, order: str) -> None:
        self.open(order + "confirm/")
        self.press()


class Supplier(Person):
    def offer(self, inquiry: str, unit_price: str, quantity: int, moq: int, note: str) -> None:
        """Answer an inquiry with binding terms."""
        self.open(inquiry + "offer/")
        self.page.fill("input[name=unit_price]", unit_price)
        self.page.fill("input[name=quantity]", str(quantity))
        self.page.fill("input[name=moq]", str(moq))
        self.page.fill("input[name=deliver_by]", (date.today() + timedelta(days=60)).isoformat())  # noqa: DTZ011
        self.page.fill("textarea[name=note]", note)
        self.press()

    def ship(self, order: str, carrier: str, number: str) -> None:
        self.open(order + "ship/")
        self.page.fill("input[name=carrier]", carrier)
        self.page.fill("input[name=tracking_number]", number)
        self.press()
