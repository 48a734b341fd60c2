"""Every page that a route serves, opened by those who may, as a browser shows it.

In English on a desktop by day and in Chinese on a phone by night, axe finds nothing; on the other screen the page
fits, too.  A route that no link leads to fails the test, unless it stands below with its reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser

from caigou.config.checks import all_routes
from caigou.demo.people import PASSWORD, people
from tests.access.table import KEYED
from tests.journeys.people import Person
from tests.support.running import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

#: How many pages of one route a person opens: enough to meet its states, and more of those that have many.
_EACH = 2
_MANY = {"web:order": 6, "web:inquiry": 6, "web:order_list": 3, "web:inquiry_list": 3}

#: Who walks, by the demonstration's key, and where beside the start page: pages that stand behind no link.
_WALKERS = {
    "": [
        "/search/offers/?q=mug",
        "/search/picture/",
        "/search/?q=https%3A%2F%2Fdetail.1688.com%2Foffer%2F999999999.html",
        "/account/login/code/",
        "/account/password/reset/",
        "/account/inactive/",
        "/p/nothing-here/",
        "/compare/",
        "/parts/",
        "/offline/",
    ],
    "hannah": [
        "/account/password/change/",
        "/account/email/",
        "/me/addresses/new/",
        "/compare/ask/",
        "/seen/",
        "/console/",
    ],
    "jonas": ["/orders/", "/requests/", "/money/", "/me/programs/"],
    "lanyu": ["/desk/", "/goods/", "/money/"],
    "xingnang": ["/orders/"],
    "mei": ["/console/imports/", "/console/books/", "/console/search/", "/console/work/"],
}

#: Routes that serve no page of their own to look at, each with its reason.
_NO_PAGE = {
    "api:api-root": "nothing stands there; the API's addresses begin with it",
    "api:openapi-json": "JSON for machines",
    "api:offers": "JSON for machines",
    "api:product": "JSON for machines",
    "api:search": "JSON for machines",
    "api:suggest": "JSON for machines",
    **dict.fromkeys(KEYED, "JSON for machines"),
    "web:key_revoke": "a form's target",
    "web:endpoint_rotate": "a form's target",
    "web:endpoint_test": "a form's target",
    "web:endpoint_remove": "a form's target",
    "web:dispatch_replay": "a form's target",
    "metrics": "figures for Prometheus",
    "healthz": "JSON for machines",
    "readyz": "JSON for machines",
    "sandbox:webhook": "a door for signed messages",
    "sandbox_1688:call": "a door for signed messages",
    "web:manifest": "JSON for browsers",
    "web:worker": "a script",
    "live:ticket": "JSON for the page's script",
    "web:waiting": "JSON for the page's script",
    "web:pictured": "behind an upload; caigou/web/tests/test_pictured.py",
    "web:suggest": "a part of the search box; without a script it sends on to the results",
    "web:tray": "a part of a list; without a script it sends back there",
    "web:start": "sends everybody to their first page",
    "web:language": "a form's target",
    "web:seat": "a form's target",
    "web:demo_sign_in": "a form's target",
    "web:order_live": "a part of the order's page",
    "web:recharge_go": "sends the payer to the gateway",
    "web:statement_pdf": "a file",
    "web:statement_csv": "a file",
    "web:leaving_zip": "a file",
    "web:document_pdf": "a file",
    "web:proof": "a file",
    "console:journal": "a file",
    "console:trial_csv": "a file",
    "web:instrument_remove": "a form's target",
    "web:authorisation_revoke": "a form's target",
    "console:case_decide": "a form's target",
    "console:apart_decide": "a form's target",
    "console:instrument_review": "a form's target",
    "web:company_new": "for people without a seat; caigou/web/tests/test_me.py",
    "web:inquiry_withdraw": "a form's target",
    "web:inquiry_decline": "a form's target",
    "web:offer_decline": "a form's target",
    "web:offer_withdraw": "a form's target",
    "web:address_remove": "a form's target",
    "web:product_withdraw": "a form's target",
    "web:product_list": "a form's target",
    "web:product_gallery": "a form's target",
    "console:rebuild": "a form's target",
    "console:person_active": "a form's target",
    "console:seat_take": "a form's target",
    "console:person_right": "a form's target",
    "console:company_block": "a form's target",
    "web:block_by_link": "behind a link in a letter; caigou/web/tests/test_blocks.py",
    "console:person_right_answer": "a form's target",
    "console:evidence_revoke": "a form's target",
    "console:product_withdraw": "a form's target",
    "console:product_list": "a form's target",
    "console:rate_withdraw": "a form's target",
    "console:rates_fetch": "a form's target",
    "console:import_refused": "a file",
    "console:payout_file": "a file",
    "console:gateway_difference": "the demonstration's gateway agrees; caigou/console/tests/test_gateways.py",
    "web:line_back": "a form's target",
    "web:refund": "only after a refund was asked for; caigou/web/tests/test_refunds.py",
    "web:exchange_quote": "only after a quote was asked for; caigou/web/tests/test_exchange.py",
    "web:refund_new": "only with unspent money of a gateway; caigou/web/tests/test_refunds.py",
    "console:opening_file": "only after an import; caigou/console/tests/test_opening.py",
    "console:bank_columns": "only behind an upload; caigou/console/tests/test_bank.py",
    "web:import_refused": "a file",
    "web:goods_export": "a file",
    "console:import_columns": "only while columns wait; tests/journeys/test_import_columns.py",
    "web:import": "only after an import of one's own; tests/journeys/test_import_columns.py",
    "web:import_columns": "only while columns wait; tests/journeys/test_import_columns.py",
    "account_logout": "signs out; tests/journeys opens it last",
    "account_set_password": "only for people without a password",
    "account_reauthenticate": "before another e-mail; caigou/web/tests/test_fresh.py",
    "account_confirm_login_code": "shown after a code was asked for; caigou/accounts/tests/test_sign_in.py",
    "account_confirm_password_reset_code": "shown after a code was asked for",
    "account_complete_password_reset": "shown after a code was given",
    "account_password_reset_completed": "shown after a code was given",
    "account_email_verification_sent": "shown after signing up; the path's journey opens it",
}


def route_of(path: str) -> str | None:
    """Return the name of the route that serves a path, None for one that isn't ours."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


@dataclass
class Walk:
    """One person's walk from link to link."""

    person: Person
    seen: Counter[str] = field(default_factory=Counter)
    opened: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def through(self, starts: list[str]) -> None:
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            name = route_of(path)
            if path in self.opened or self._enough(name):
                continue
            self.opened.add(path)
            self.seen[name or path] += 1
            waiting += self._open(path)

    def to_the_gateway(self) -> None:
        """Start a recharge, look at the gateway's page, and decline there."""
        self.person.open("/money/recharge/")
        self.person.page.fill("input[name=amount]", "120.00")
        self.person.press()
        self.seen[route_of(self.person.page.url) or ""] += 1
        self.person.fits_too()
        self.person.press("button[value=decline]")
        self.seen[route_of(self.person.page.url) or ""] += 1

    def _enough(self, name: str | None) -> bool:
        return name is not None and (name in _NO_PAGE or self.seen[name] >= _MANY.get(name, _EACH))

    def _open(self, path: str) -> list[str]:
        """Look at a page; return where its links lead within the house."""
        answer = self.person.page.goto(self.person.address + path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        seen = self.person.look()
        assert seen is not None
        self.person.fits_too()
        inside = [urlsplit(link) for link in seen.links if link.startswith(self.person.address + "/")]
        return [link.path + (f"?{link.query}" if link.query else "") for link in inside]


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("en", marks=pytest.mark.xdist_group("pages in English")),
        pytest.param("zh-hans", marks=pytest.mark.xdist_group("pages in Chinese")),
    ],
)
def test_every_page_is_sound(house: House, chromium: Browser, language: str) -> None:
    night = language == "zh-hans"
    seen: Counter[str] = Counter()
    for key, starts in _WALKERS.items():
        person = Person(chromium, house.address, language, phone=night, dark=night)
        if key:
            who = next(one for one in people() if one.key == key)
            person.sign_in(who.email, PASSWORD)
        walk = Walk(person)
        walk.through(["/", *starts])
        if key == "hannah":
            walk.to_the_gateway()
        seen += walk.seen
        assert not person.faults, person.faults
        person.context.close()
    routes = {name for name, _route in all_routes()}
    unseen = sorted(routes - seen.keys() - _NO_PAGE.keys())
    assert not unseen, f"no link leads to {unseen}"
    gone = sorted(_NO_PAGE.keys() - routes)
    assert not gone, f"there is no route {gone} any more"
