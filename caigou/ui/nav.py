"""Where each role can go: the words, the glyph and the URL's name, in one table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caigou.kernel.actor import Right

Nav = tuple["Place", ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One item of a menu. ``section`` names the url names that count as being here; ``count`` a key of the counts.

    ``right`` hides it from people who haven't it.
    """

    word: Promise
    url_name: str
    glyph: str
    section: tuple[str, ...] = ()
    count: str = ""
    right: Right | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A ``Place`` that can be reached, as the templates draw it; ``counts`` is what ``count`` counts, if it does."""

    word: Promise
    href: str
    glyph: str
    current: bool
    count: int | None
    counts: str


_FIND = Place(_("Find"), "web:home", "search", ("web:home", "web:search", "web:product", "web:supplier"))
_ORDERS = Place(_("Orders"), "web:order_list", "box", ("web:order_list", "web:order"), "orders")
_MONEY = Place(
    _("Money"),
    "web:money",
    "yuan",
    (
        "web:money",
        "web:statements",
        "web:documents",
        "web:instruments",
        "web:funds",
        "web:authorisations",
        "web:refunds",
        "web:refund",
        "web:refund_new",
        "web:exchange",
        "web:exchange_quote",
        "web:recharge",
        "web:recharge_state",
        "web:transfer",
        "web:transfer_new",
        "web:payouts",
        "web:proofs",
        "web:leaving",
        "web:block",
    ),
)
_INQUIRY = ("web:inquiry_list", "web:inquiry")

#: The phone's bar of five; the desktop's top bar shows the same without the first.
PLACES: Final[Mapping[str, Nav]] = {
    "buyer": (
        _FIND,
        Place(_("Messages"), "web:inquiry_list", "chat", _INQUIRY, "inquiries"),
        _ORDERS,
        _MONEY,
        Place(
            _("Me"), "web:me", "person", ("web:me", "web:programs", "web:key_new", "web:endpoint", "web:endpoint_new")
        ),
    ),
    "supplier": (
        Place(_("Desk"), "web:desk", "home", ("web:desk",), "tasks"),
        Place(_("Requests"), "web:inquiry_list", "chat", _INQUIRY, "inquiries"),
        _ORDERS,
        Place(
            _("Goods"),
            "web:goods",
            "grid",
            (
                *("web:goods", "web:product_new", "web:product_edit", "web:product_words", "web:product_prices"),
                *("web:product_variants", "web:product_packing", "web:product_service", "web:product_pictures"),
                *("web:imports", "web:import", "web:import_columns"),
            ),
        ),
        _MONEY,
    ),
    "staff": (
        Place(_("Overview"), "console:home", "home", ("console:home", "console:work")),
        Place(
            _("Imports"),
            "console:imports",
            "doc",
            ("console:imports", "console:import", "console:import_columns"),
            "imports",
        ),
        Place(_("Orders"), "console:orders", "box", ("console:orders", "console:order")),
        Place(_("Goods"), "console:goods", "grid", ("console:goods",)),
        Place(
            _("Suppliers"),
            "console:suppliers",
            "factory",
            ("console:suppliers", "console:supplier", "console:supplier_profile"),
        ),
        Place(_("Companies"), "console:companies", "case", ("console:companies", "console:company")),
        Place(_("People"), "console:people", "person", ("console:people", "console:person")),
        Place(_("Search"), "console:search", "search", ("console:search",)),
        Place(
            _("Finance"),
            "console:finance",
            "yuan",
            ("console:finance", "console:opening", "console:opening_file"),
            right="finance",
        ),
        Place(
            _("Books"),
            "console:books",
            "book",
            ("console:books", "console:trial", "console:months", "console:month"),
            right="finance",
        ),
        Place(_("Wallets"), "console:wallets", "wallet", ("console:wallets",), right="finance"),
        Place(_("Invoices"), "console:documents", "doc", ("console:documents",), right="finance"),
        Place(
            _("Bank"),
            "console:bank",
            "bank",
            ("console:bank", "console:bank_account", "console:bank_line", "console:bank_columns", "console:receipts"),
            right="finance",
        ),
        Place(
            _("Payouts"),
            "console:payouts",
            "truck",
            ("console:payouts", "console:payout_batch"),
            right="finance",
        ),
        Place(
            _("Gateways"),
            "console:gateways",
            "card",
            ("console:gateways", "console:gateway_difference"),
            right="finance",
        ),
        Place(
            _("Services charged"),
            "console:services",
            "ship",
            ("console:services", "console:service_new"),
            right="finance",
        ),
        Place(_("Refunds"), "console:refunds", "refresh", ("console:refunds",), right="finance"),
        Place(
            _("Rates"),
            "console:rates",
            "exchange",
            ("console:rates", "console:exchange", "console:cover"),
            right="finance",
        ),
        Place(
            _("Settings"),
            "console:settings",
            "filter",
            ("console:settings", "console:setting", "console:settings_history"),
        ),
    ),
    "": (_FIND,),
}


def links(role: str, *, here: str, counts: Mapping[str, int], rights: Collection[Right] = ()) -> list[Link]:
    """Return the menu of a role with these rights; ``here`` is the url name of this page (``web:order``)."""
    found = []
    for place in PLACES.get(role, PLACES[""]):
        if place.right is not None and place.right not in rights:
            continue
        try:
            href = reverse(place.url_name)
        except NoReverseMatch:  # a part of the house that this deployment doesn't route
            continue
        count = counts.get(place.count) or None
        found.append(Link(place.word, href, place.glyph, here in place.section, count, place.count))
    return found
