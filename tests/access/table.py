"""Who may see what, and what each page does: written once by hand, held against every route of the house.

It repeats nothing of the code: a route with an object that isn't here fails the matrix, and so does one that takes
a POST and isn't here, until somebody has written down whose it is and what it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from caigou.accounts.block_links import block_token
from caigou.console.bank import kept_for_columns
from caigou.files.tests import corpus
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.payments.rates.exchange import confirm
from caigou.search.models import AskedPicture
from tests.support.world import Relation, Side

#: For each kind of object: what one must be to it to see it at all.
MAY_SEE: Mapping[str, frozenset[Relation]] = {
    "a listed product": frozenset({"buyer", "seller", "staff", "stranger"}),
    "a supplier": frozenset({"buyer", "seller", "staff", "stranger"}),
    "a category": frozenset({"buyer", "seller", "staff", "stranger"}),
    "a link in a letter": frozenset({"buyer", "seller", "staff", "stranger"}),
    "a picture that is looked for": frozenset({"buyer", "seller", "staff", "stranger"}),
    "a withdrawn product": frozenset({"seller", "staff"}),
    "goods of one's own": frozenset({"seller"}),
    "an inquiry": frozenset({"buyer", "seller", "staff"}),
    "an offer": frozenset({"buyer", "seller", "staff"}),
    "an order": frozenset({"buyer", "seller", "staff"}),
    "a recharge": frozenset({"buyer", "staff"}),
    "an invoice": frozenset({"buyer", "seller", "staff"}),
    "a thing of the wallet": frozenset({"buyer"}),
    "a proof of a balance": frozenset({"buyer"}),
    "a transfer of one's own": frozenset({"buyer"}),
    "a refund of one's own": frozenset({"buyer"}),
    "a quote of one's own": frozenset({"buyer"}),
    "a payment at the gateway": frozenset({"buyer"}),
    "an address": frozenset({"buyer"}),
    "a removed address": frozenset(),
    "a program's access": frozenset({"buyer"}),
    "an import": frozenset({"staff"}),
    "an import of one's own": frozenset({"seller"}),
    "a thing of the console": frozenset({"staff"}),
    "a setting of the house": frozenset({"staff"}),
}


@dataclass(frozen=True)
class Thing:
    """An object in the state in which a page acts on it; ``of`` finds its public id on a side of the world."""

    kind: str
    of: Callable[[Side], str]


def _looked_for(_side: Side) -> str:
    """Who has its address may open it: it is a secret of twenty signs, for an hour."""
    return AskedPicture.objects.create(views=["0" * 128], small=b"").token


def _kept_table(side: Side) -> str:
    """A bank's table whose columns somebody has to name."""
    table = SimpleUploadedFile("a.csv", b"Date,Amount,Text\n2026-01-02,5.00,Hello\n")
    return kept_for_columns(side.bank_account, table)


PRODUCT = Thing("a listed product", lambda side: side.product.public_id)
CATEGORY = Thing("a category", lambda side: side.product.category.slug if side.product.category else "")
SUPPLIER = Thing("a supplier", lambda side: side.supplier.company.supplier.public_id)
WITHDRAWN = Thing("a withdrawn product", lambda side: side.withdrawn_product.public_id)
OWN = Thing("goods of one's own", PRODUCT.of)
OWN_WITHDRAWN = Thing("goods of one's own", WITHDRAWN.of)
INQUIRY = Thing("an inquiry", lambda side: side.inquiry.public_id)
OFFER = Thing("an offer", lambda side: side.offer.public_id)
ACCEPTED = Thing("an offer", lambda side: side.deal.offer.public_id)
PLACED = Thing("an order", lambda side: side.placed.public_id)
PAID = Thing("an order", lambda side: side.paid.public_id)
SHIPPED = Thing("an order", lambda side: side.shipped.public_id)
RECHARGE = Thing("a recharge", lambda side: side.recharge.public_id)
CHARGE = Thing("a payment at the gateway", lambda side: side.recharge.public_id)
ADDRESS = Thing("an address", lambda side: side.address.public_id)
INVOICE = Thing("an invoice", lambda side: side.invoice.public_id)
INSTRUMENT = Thing("a thing of the wallet", lambda side: side.instrument.public_id)
AUTHORISATION = Thing("a thing of the wallet", lambda side: side.authorisation.public_id)
PROOF = Thing("a proof of a balance", lambda side: side.commitment.seal)
REMOVED = Thing("a removed address", lambda side: side.removed_address.public_id)
IMPORT = Thing("an import", lambda side: side.import_run.public_id)
UNNAMED = Thing("an import", lambda side: side.unnamed_run.public_id)
OWN_IMPORT = Thing("an import of one's own", IMPORT.of)
OWN_UNNAMED = Thing("an import of one's own", UNNAMED.of)
LETTER = Thing("a link in a letter", lambda side: block_token(side.buyer.company.public_id))
LOOKED_FOR = Thing("a picture that is looked for", _looked_for)
SETTING = Thing("a setting of the house", lambda _side: "orders.confirm_days")

KEY = Thing("a program's access", lambda side: side.api_key.public_id)
ENDPOINT = Thing("a program's access", lambda side: side.dispatch.endpoint.public_id)
DISPATCH = Thing("a program's access", lambda side: side.dispatch.public_id)

REFUND = Thing("a refund of one's own", lambda side: side.refund.public_id)
CREDITED = Thing("a refund of one's own", lambda side: side.credited_line.public_id)
QUOTED = Thing("a quote of one's own", lambda side: side.quote.public_id)
PAID_IN = Thing("a refund of one's own", lambda side: side.paid_in.public_id)
TRANSFER = Thing("a transfer of one's own", lambda side: side.transfer.public_id)
OUR_ACCOUNT = Thing("a thing of the console", lambda side: side.bank_account.public_id)
UNNAMED_TABLE = Thing("a thing of the console", _kept_table)
BANK_LINE = Thing("a thing of the console", lambda side: side.bank_line.public_id)
DIFFERENCE = Thing("a thing of the console", lambda side: side.difference.public_id)
BATCH = Thing("a thing of the console", lambda side: side.payout_batch.public_id)
COMPANY = Thing("a thing of the console", lambda side: side.buyer.company.public_id)
CASE = Thing("a thing of the console", lambda side: side.case.public_id)
APART = Thing("a thing of the console", lambda side: side.apart.public_id)
REVIEWED = Thing("a thing of the console", lambda side: side.instrument.public_id)
PERSON = Thing("a thing of the console", lambda side: side.buyer.user.public_id)
OPENING = Thing("a thing of the console", lambda side: side.opening.public_id)
MONTH = Thing("a thing of the console", lambda _side: f"{now():%Y-%m}")
CLERK = Thing("a thing of the console", lambda side: side.clerk.public_id)
NEWCOMER = Thing("a thing of the console", lambda side: side.newcomer.public_id)
SELLER = Thing("a thing of the console", lambda side: side.supplier.company.supplier.public_id)
PAPER = Thing("a thing of the console", lambda side: side.evidence.public_id)
GOODS = Thing("a thing of the console", PRODUCT.of)
GOODS_WITHDRAWN = Thing("a thing of the console", WITHDRAWN.of)

#: The objects that each route with a parameter is tried on.
THINGS: Mapping[str, tuple[Thing, ...]] = {
    "api:product": (PRODUCT, WITHDRAWN),
    "api:exchange-quotes-one": (QUOTED,),
    "api:exchange-quotes-one-accept": (QUOTED,),
    "api:offers-one-accept": (OFFER,),
    "api:offers-one-decline": (OFFER,),
    "api:orders-one": (PLACED,),
    "api:orders-one-cancel": (PLACED,),
    "api:orders-one-confirm": (SHIPPED,),
    "api:orders-one-pay": (PLACED,),
    "api:orders-one-ship": (PAID,),
    "api:recharges-one": (RECHARGE,),
    "api:requests-one": (INQUIRY,),
    "api:requests-one-offers": (INQUIRY,),
    "api:requests-one-withdraw": (INQUIRY,),
    "web:product": (PRODUCT, WITHDRAWN),
    "web:alike": (PRODUCT, WITHDRAWN),
    "web:ask": (PRODUCT, WITHDRAWN),
    "web:supplier": (SUPPLIER,),
    "web:category": (CATEGORY,),
    "web:pictured": (LOOKED_FOR,),
    "web:block_by_link": (LETTER,),
    "web:inquiry": (INQUIRY,),
    "web:offer_new": (INQUIRY,),
    "web:inquiry_withdraw": (INQUIRY,),
    "web:inquiry_decline": (INQUIRY,),
    "web:offer_accept": (OFFER,),
    "web:offer_decline": (OFFER,),
    "web:offer_withdraw": (OFFER,),
    "web:order_new": (ACCEPTED,),
    "web:order": (PLACED, PAID, SHIPPED),
    "web:order_live": (PAID,),
    "web:order_pay": (PLACED,),
    "web:order_ship": (PAID,),
    "web:order_confirm": (SHIPPED,),
    "web:order_cancel": (PLACED, PAID),
    "web:recharge_state": (RECHARGE,),
    "web:recharge_go": (RECHARGE,),
    "web:document_pdf": (INVOICE,),
    "web:instrument_remove": (INSTRUMENT,),
    "web:authorisation_revoke": (AUTHORISATION,),
    "web:proof": (PROOF,),
    "console:case_decide": (CASE,),
    "console:apart_decide": (APART,),
    "console:instrument_review": (REVIEWED,),
    "web:address_edit": (ADDRESS, REMOVED),
    "web:address_remove": (ADDRESS, REMOVED),
    "web:key_revoke": (KEY,),
    "web:endpoint": (ENDPOINT,),
    "web:endpoint_rotate": (ENDPOINT,),
    "web:endpoint_test": (ENDPOINT,),
    "web:endpoint_remove": (ENDPOINT,),
    "web:dispatch_replay": (DISPATCH,),
    "web:product_withdraw": (Thing("goods of one's own", PRODUCT.of),),
    "web:product_list": (Thing("goods of one's own", WITHDRAWN.of),),
    "web:product_edit": (OWN, OWN_WITHDRAWN),
    "web:product_words": (OWN,),
    "web:product_prices": (OWN,),
    "web:product_variants": (OWN,),
    "web:product_packing": (OWN,),
    "web:product_service": (OWN,),
    "web:product_pictures": (OWN,),
    "web:product_gallery": (OWN,),
    "console:import": (IMPORT,),
    "console:import_columns": (UNNAMED,),
    "web:import": (OWN_IMPORT,),
    "web:import_columns": (OWN_UNNAMED,),
    "web:import_refused": (OWN_IMPORT,),
    "console:import_refused": (IMPORT,),
    "web:transfer": (TRANSFER,),
    "web:refund": (REFUND,),
    "web:line_back": (CREDITED,),
    "web:exchange_quote": (QUOTED,),
    "web:refund_new": (PAID_IN,),
    "console:bank_account": (OUR_ACCOUNT,),
    "console:bank_columns": (UNNAMED_TABLE,),
    "console:bank_line": (BANK_LINE,),
    "console:payout_batch": (BATCH,),
    "console:gateway_difference": (DIFFERENCE,),
    "console:payout_file": (BATCH,),
    "console:company": (COMPANY,),
    "console:company_block": (COMPANY,),
    "console:person": (PERSON,),
    "console:person_active": (PERSON,),
    "console:seat_take": (PERSON,),
    "console:person_right": (CLERK,),
    "console:person_right_answer": (NEWCOMER,),
    "console:month": (MONTH,),
    "console:opening_file": (OPENING,),
    "console:supplier": (SELLER,),
    "console:supplier_profile": (SELLER,),
    "console:evidence_revoke": (PAPER,),
    "console:product_withdraw": (GOODS,),
    "console:product_list": (GOODS_WITHDRAWN,),
    "console:why": (GOODS, GOODS_WITHDRAWN),
    "console:setting": (SETTING,),
    "sandbox:pay": (CHARGE,),
}

_ADDRESS = {"name": "Eve", "phone": "+64 9 300 0000", "line1": "Elsewhere 1", "city": "Elsewhere", "country": "NZ"}


_ACCOUNT = {"kind": "bank", "holder": "Eve", "institution": "ANZ", "country": "NZ", "number": "NZ12345678"}
_CASE = {"amount": "5.00", "currency": "CNY", "reason": "damage", "words": "Broke the sample."}
_RATE = {"currency": "KES", "base": "EUR", "figure": "150", "day": "2026-01-02", "reason": "A bank's board."}


def _offer_terms(side: Side) -> dict[str, Any]:
    return {
        "unit_price": "11.00",
        "quantity": side.inquiry.quantity,
        "moq": side.inquiry.quantity,
        "deliver_by": (now().date() + timedelta(days=40)).isoformat(),
        "valid_for": "48",
        "note": "好",
    }


def _order_words(side: Side) -> dict[str, Any]:
    quantity = side.deal.offer.quantity
    return {"quantity": quantity, "shown": quantity, "address": side.deal.address.public_id}


def _file(_side: Side) -> dict[str, Any]:
    content = b"name,price\nmug,1\n"
    return {"file": SimpleUploadedFile("goods.csv", content), "new_supplier": "Somebody", "country": "CN"}


def _pictures(_side: Side) -> dict[str, Any]:
    return {"pictures": SimpleUploadedFile("a.png", corpus.png(corpus.drawn(64, 64)), "image/png")}


def _picture(_side: Side) -> dict[str, Any]:
    return {"picture": SimpleUploadedFile("a.png", corpus.png(corpus.drawn(64, 64)), "image/png")}


def _rows(prefix: str, **values: Any) -> dict[str, Any]:
    """A table of fields with one line."""
    return {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0} | {
        f"{prefix}-0-{name}": value for name, value in values.items()
    }


_PRICES = {"quote_type": "by_quantity", "currency": "CNY", "moq": 7, "order_multiple": 1}
_PAPER = {"kind": "iso9001", "checked_by": "Mei", "checked_on": "2026-01-05", "expires_on": "2030-01-04"}
_PROFILE = {"name_en": "Renamed", "kind": "factory", "country": "CN"}


def _own_file(_side: Side) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("goods.csv", b"name,price\nmug,1\n")}


_OURS = {"holder": "Caigou", "number": "12345678", "bank_name": "A bank", "country": "CN", "currency": "CNY"}
_NAMED = {"is_day": "Date", "is_amount": "Amount", "day_format": "%Y-%m-%d", "decimal": "."}
_THEIRS = {**_OURS, "do": "account", "number": "87654321", "bic": "ICBKCNBJ"}


def _opening(side: Side) -> dict[str, Any]:
    row = f"kind,company,currency,amount,reference\nwallet,{side.buyer.company.public_id},CNY,1.00,new/1\n"
    return {"file": SimpleUploadedFile("old.csv", row.encode()), "day": "2026-01-02"}


def _exchange(side: Side) -> dict[str, Any]:
    assert side.quote.public_id  # there is money, and a rate
    return {"sell": "CNY", "amount": "8.00", "buy": "USD"}


def _receipt(side: Side) -> dict[str, Any]:
    told = {"account": side.bank_account.public_id, "company": side.buyer.company.public_id, "amount": "5.00"}
    return {"do": "enter", "day": "2026-01-02", "note": "Seen in the portal.", **told, **_picture(side)}


def _cover(side: Side) -> dict[str, Any]:
    """The trade that covers what the buyer has just exchanged."""
    told = {"sold_from": side.bank_account.public_id, "sold": "1.00", "bought_on": side.dollar_account.public_id}
    confirm(side.buyer.company, side.quote.public_id, by=side.buyer.actor)
    return {"do": "enter", **told, "bought": "0.13", "day": "2026-01-02", "reference": "FX-1", "reason": "A cover."}


def _report(_side: Side) -> dict[str, Any]:
    content = b"type,reference,provider_ref,day,currency,amount,fee\n"
    return {"gateway": "sandbox", "day": "2026-01-02", "file": SimpleUploadedFile("r.csv", content)}


_COLUMNS = {
    "is_0": "external_id", "is_1": "title_en", "is_2": "price", "all_currency": "USD", "all_moq": "1", "name": "List",
}  # fmt: skip


#: A complete form for each route that takes a POST and changes something; whoever may use it changes the database.
FORMS: Mapping[str, Callable[[Side], dict[str, Any]]] = {
    "web:picture": _picture,
    "web:block": lambda _side: {},
    "web:block_by_link": lambda _side: {},
    "console:company_block": lambda _side: {"do": "block", "reason": "Rang us: the account is lost."},
    "web:ask": lambda side: {"quantity": side.product.moq, "wish": "Blue."},
    "web:ask_all": lambda side: {
        "p": side.product.public_id,
        f"{side.product.public_id}-quantity": side.product.moq,
        "wish": "Blue.",
    },
    "web:offer_new": _offer_terms,
    "web:inquiry_withdraw": lambda _side: {},
    "web:inquiry_decline": lambda _side: {},
    "web:offer_accept": lambda side: {"expected": side.offer.total.minor},
    "web:offer_decline": lambda _side: {},
    "web:offer_withdraw": lambda _side: {},
    "web:order_new": _order_words,
    "web:order_pay": lambda side: {"expected": side.placed.total_minor},
    "web:order_ship": lambda _side: {"carrier": "SF Express", "tracking_number": "SF1"},
    "web:order_confirm": lambda side: {"expected": side.shipped.total_minor},
    "web:order_cancel": lambda _side: {"reason": "No longer needed."},
    "web:recharge": lambda _side: {"amount": "10.00", "currency": "CNY", "gateway": "sandbox"},
    "web:instruments": lambda _side: _ACCOUNT,
    "web:instrument_remove": lambda _side: {},
    "web:funds": lambda _side: {"source": "trade", "sure": "on"},
    "web:authorisations": lambda _side: {"service": "agent", "currency": "CNY", "each": "10", "month": "20"},
    "web:authorisation_revoke": lambda _side: {},
    "console:wallets": lambda side: {**_CASE, "company": side.buyer.company.public_id},
    "console:apart_decide": lambda _side: {"decision": "accept", "reason": "A trading name."},
    "console:case_decide": lambda side: {"decision": "approve", "expected": side.case.amount_minor},
    "console:instrument_review": lambda _side: {"decision": "accept", "reason": "A trading name."},
    "web:transfer_new": lambda side: {"amount": "10.00", "currency": side.bank_account.currency},
    "web:transfer": lambda _side: {},
    "web:line_back": lambda _side: {"amount": "5.00"},
    "web:refund": lambda _side: {"do": "withdraw"},
    "web:exchange": _exchange,
    "web:exchange_quote": lambda side: {"expected": side.quote.buy.minor},
    "web:refund_new": lambda _side: {"amount": "5.00", "fallback": "wallet"},
    "console:gateways": _report,
    "console:gateway_difference": lambda _side: {"do": "ask", "how": "explained", "reason": "A test of theirs."},
    "console:services": lambda side: {"service": side.service.public_id},
    "console:service_new": lambda side: {
        "to": side.authorisation.public_id,
        "amount": "5.00",
        "words": "Freight to the port.",
        "once": new_public_id(),
    },
    "console:refunds": lambda side: {"do": "decline", "refund": side.refund.public_id, "reason": "Not now."},
    "web:payouts": lambda _side: _THEIRS,
    "console:bank": lambda _side: {**_OURS, "reason": "The bank opened it."},
    "console:bank_account": lambda _side: {"do": "close", "reason": "The bank changed."},
    "console:bank_columns": lambda _side: _NAMED,
    "console:bank_line": lambda side: {"do": "ask", "company": side.buyer.company.public_id, "reason": "Their slip."},
    "console:receipts": _receipt,
    "console:cover": _cover,
    "console:payouts": lambda side: {"do": "refuse", "account": side.payout_account.public_id, "how": "Unknown."},
    "console:opening": _opening,
    "console:opening_file": lambda _side: {"do": "refuse"},
    "console:payout_batch": lambda _side: {"do": "refuse"},
    "web:address_new": lambda _side: _ADDRESS,
    "web:address_edit": lambda _side: _ADDRESS,
    "web:address_remove": lambda _side: {},
    "web:key_new": lambda _side: {"name": "ERP", "scopes": ["read:orders"]},
    "web:key_revoke": lambda _side: {},
    "web:endpoint_new": lambda _side: {"url": "https://erp.example.com/hooks", "events": ["order.paid"]},
    "web:endpoint": lambda _side: {"events": ["order.shipped"]},
    "web:endpoint_rotate": lambda _side: {},
    "web:endpoint_test": lambda _side: {},
    "web:endpoint_remove": lambda _side: {},
    "web:dispatch_replay": lambda _side: {},
    "web:me": lambda _side: {"name": "Renamed", "language": "en"},
    "web:language": lambda _side: {"language": "en"},
    "web:reader": lambda _side: {"currency": "EUR", "destination": "NZ"},
    "web:product_withdraw": lambda _side: {},
    "web:product_list": lambda _side: {},
    "web:product_new": lambda _side: {"title_en": "New", "unit": "piece", "currency": "CNY", "moq": 1},
    "web:product_words": lambda _side: {"title_en": "Renamed", "unit": "piece", **_rows("attributes")},
    "web:product_prices": lambda _side: {**_PRICES, **_rows("tiers", from_quantity=7, price="9.90")},
    "web:product_variants": lambda _side: {"first_en": "Colour", **_rows("variants", first_en="Blue")},
    "web:product_packing": lambda _side: {"carton_pieces": 24},
    "web:product_service": lambda _side: {"offered": "yes", **_rows("custom", kind="logo")},
    "web:product_pictures": _pictures,
    "web:product_gallery": lambda _side: {},
    "web:profile": lambda _side: _PROFILE,
    "console:imports": _file,
    "console:import_columns": lambda _side: _COLUMNS,
    "web:imports": _own_file,
    "web:import_columns": lambda _side: _COLUMNS,
    "console:rebuild": lambda _side: {},
    "console:company": lambda _side: {"email": "one-more@example.test", "language": "en"},
    "console:person_active": lambda _side: {"active": "no"},
    "console:seat_take": lambda side: {"company": side.buyer.company.public_id},
    "console:person_right": lambda _side: {"right": "finance", "given": "yes", "reason": "Keeps the books."},
    "console:person_right_answer": lambda _side: {"answer": "agree"},
    "console:supplier": lambda _side: _PAPER,
    "console:supplier_profile": lambda _side: _PROFILE,
    "console:evidence_revoke": lambda _side: {},
    "console:product_withdraw": lambda _side: {},
    "console:product_list": lambda _side: {},
    "console:exchange": lambda _side: {"sell": "CNY", "buy": "USD", "points": "1.5", "reason": "A try."},
    "console:rates": lambda _side: {
        "currency": "KES",
        "base": "EUR",
        "figure": "150",
        "day": "2026-01-02",
        "reason": "A bank.",
    },
    "console:setting": lambda _side: {"value": "10", "reason": "Couriers are quicker.", "expected": "15"},
    "sandbox:pay": lambda _side: {"decision": "pay"},
}

#: Opened by a company's key only, whoever is signed in; caigou/api/tests/test_keys.py tries each with keys.
KEYED = tuple(
    f"api:{name}"
    for name in (
        *(
            "addresses",
            "balances",
            *("exchange-quotes", "exchange-quotes-one", "exchange-quotes-one-accept"),
            "key",
            "movements",
            "offers-one-accept",
            "offers-one-decline",
            "orders",
            "orders-one",
        ),
        *("orders-one-cancel", "orders-one-confirm", "orders-one-pay", "orders-one-ship", "recharges"),
        *("recharges-one", "requests", "requests-one", "requests-one-offers", "requests-one-withdraw"),
    )
)

#: Routes that take a POST and change nothing of the domain for the viewers of the matrix, with the form to send.
HARMLESS: Mapping[str, dict[str, Any]] = {
    # Forgets a cookie.
    "web:seen": {},
    # Goes to the gateway again, which knows the charge already.
    "web:recharge_go": {},
    # Nobody of the matrix has a second seat; caigou/web/tests/test_me.py changes from one to the other.
    "web:seat": {"company": "nobody-sits-here"},
    # Only a person without a seat founds a company; who has one is sent on. Tried with an incomplete form.
    "web:company_new": {},
    # No rate of the house's own is in force; caigou/console/tests/test_rates.py withdraws one.
    "console:rate_withdraw": {"currency": "KES", "reason": "Why not."},
    # This month isn't over; caigou/console/tests/test_closing.py closes one.
    "console:month": {"do": "propose", "reason": "Nothing is carried."},
    # The tests fetch from nowhere; caigou/payments/tests/test_rates.py asks.
    "console:rates_fetch": {},
    # The document is the same for every method.
    "api:openapi-json": {},
    # Without a signature; the adapter's own tests sign.
    **{name: {} for name in KEYED},
    "sandbox:webhook": {},
    "sandbox_1688:call": {},
}

#: Answer 404 to everybody outside demo mode; at the API's root nothing stands in any mode.
DEMO_ONLY = frozenset({"web:demo_sign_in", "web:demo_outbox", "api:api-root"})
#: May answer that something is missing: the tests have no search index.
MAY_BE_UNREADY = {"readyz": 503, "api:search": 503, "api:suggest": 503}
#: Turned away by a signature of their own, not by a session.
UNSIGNED = {"sandbox:webhook": 401, "sandbox_1688:call": 400, "metrics": 404, **dict.fromkeys(KEYED, 401)}
