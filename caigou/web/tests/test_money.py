"""The money page, recharges, and the sandbox gateway's own page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel.money import Money
from caigou.ledger.services import check_books
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.services.recharge import gateways, mark_unknown
from caigou.payments.services.wallet import available
from tests.support.factories import Party, fund, make_buyer, make_deal, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


def recharge(client: Client, amount: str = "100.00", **changes: str) -> Recharge:
    """Start a recharge on the page; return it."""
    values = {"amount": amount, "currency": "CNY", "gateway": "sandbox", **changes}
    answer = client.post(reverse("web:recharge"), values)
    assert answer.status_code == 302
    return Recharge.objects.latest("pk")


def state_url(recharge: Recharge) -> str:
    return reverse("web:recharge_state", args=[recharge.public_id])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["buyer", "supplier"])
def test_an_empty_money_page_opens(kind: str, language: str) -> None:
    client = (make_buyer() if kind == "buyer" else make_supplier()).client()
    client.cookies["django_language"] = language
    assert client.get(reverse("web:money")).status_code == 200


def test_the_buyer_reads_balance_escrow_and_statement() -> None:
    deal = make_deal(quantity=240, unit_price=Money(12_10, "CNY"))
    fund(deal.buyer, Money(100_00, "CNY"))
    order = deal.place_paid()

    text = deal.buyer.client().get(reverse("web:money")).content.decode()

    assert "¥100.00" in text  # what is left
    assert "¥2,904.00" in text  # in escrow
    assert order.number in text
    assert "3,004.00" in text  # the balance between the two movements


def test_the_supplier_reads_earnings() -> None:
    deal = make_deal(quantity=240, unit_price=Money(12_10, "CNY"))
    order = deal.place_shipped()
    deal.buyer.client().post(reverse("web:order_confirm", args=[order.public_id]), {"expected": order.total_minor})

    text = deal.supplier.client().get(reverse("web:money")).content.decode()

    assert "Earnings, CNY" in text
    assert "¥2,904.00" in text
    assert "Order completed, released from escrow" in text


def test_a_long_statement_is_read_page_by_page(buyer: Party) -> None:
    for minor in range(1, 31):
        fund(buyer, Money(minor, "CNY"))
    client = buyer.client()
    first = client.get(reverse("web:money"))
    assert "0.30" in first.content.decode()
    assert "lowest ¥0.21, highest ¥4.65" in first.content.decode(), "drawn as it moved"
    older = client.get(reverse("web:money") + f"?before={first.context['older']}").content.decode()
    assert older.count("<bdi>TEST-") == 5
    assert "balance-line" not in client.get(reverse("web:money") + "?what=in").content.decode()
    assert client.get(reverse("web:money") + "?before=nonsense&currency=XXX").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_paying_at_the_sandbox_credits_once(buyer: Party, language: str) -> None:
    client = buyer.client()
    client.cookies["django_language"] = language
    started = recharge(client, "100.00")
    page = client.get(reverse("sandbox:pay", args=[started.public_id])).content.decode()
    assert "¥100.00" in page

    back = client.post(reverse("sandbox:pay", args=[started.public_id]), {"decision": "pay"}, follow=True)
    assert back.redirect_chain[-1][0] == state_url(started) + "?returned=yes"
    client.get(state_url(started) + "?returned=yes")  # loaded again: nothing more is intended
    assert Call.objects.filter(function="payments.ask_gateway").count() == 1
    make_due()
    make_due()

    assert available(buyer.company, "CNY") == Money(100_00, "CNY")
    final = client.get(state_url(started), {"seen": "started"}).content.decode()
    assert "hx-trigger" not in final.partition("<main")[2]
    assert check_books().balanced


def test_a_declined_payment_says_that_nothing_was_taken(buyer: Party) -> None:
    client = buyer.client()
    started = recharge(client)
    client.post(reverse("sandbox:pay", args=[started.public_id]), {"decision": "decline"}, follow=True)
    make_due()

    text = client.get(state_url(started)).content.decode()
    assert "The gateway declined the payment." in text
    assert "Nothing was taken" in text
    assert not available(buyer.company, "CNY")


def test_an_unknown_outcome_is_said_and_not_charged_again(buyer: Party) -> None:
    client = buyer.client()
    started = recharge(client)
    mark_unknown(started.pk)

    text = client.get(state_url(started)).content.decode()
    assert "pay again" in text
    answer = client.post(reverse("web:recharge_go", args=[started.public_id]), follow=True)
    assert "waiting for you any more" in answer.content.decode()


def test_a_payer_who_went_astray_finds_the_way_back_to_the_gateway(buyer: Party) -> None:
    client = buyer.client()
    started = recharge(client)
    assert "Pay ¥100.00 at the gateway" in client.get(state_url(started)).content.decode()
    assert client.get(state_url(started), {"seen": "started"}).status_code == 204
    answer = client.post(reverse("web:recharge_go", args=[started.public_id]))
    assert answer.headers["Location"] == reverse("sandbox:pay", args=[started.public_id])


def test_a_silent_gateway_is_told_and_nothing_is_lost(buyer: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> str:
        raise OSError("no route")

    monkeypatch.setattr(type(gateways()["sandbox"]), "start", silent)
    answer = buyer.client().post(
        reverse("web:recharge"), {"amount": "5", "currency": "CNY", "gateway": "sandbox"}, follow=True
    )
    text = answer.content.decode()
    assert "answer. Nothing was taken" in text
    assert Recharge.objects.get().status == RechargeStatus.STARTED


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1,000", "plain digits"),
        ("0", "more than zero"),
        ("-5", "more than zero"),
        ("1e3", "plain digits"),
        ("5.001", "CNY has 2 digits"),
        ("999999999999", "at most"),
    ],
)
def test_a_refused_amount_stays_in_its_field(buyer: Party, amount: str, said: str) -> None:
    answer = buyer.client().post(
        reverse("web:recharge"), {"amount": amount, "currency": "CNY", "gateway": "sandbox", "next": "/orders/"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert f'value="{amount}"' in text
    assert 'value="/orders/"' in text
    assert not Recharge.objects.exists()


@pytest.mark.parametrize("foreign", ["https://evil.test/", "//evil.test/x", "javascript:alert(1)", "x" * 300])
def test_the_way_on_stays_on_this_site(buyer: Party, foreign: str) -> None:
    assert recharge(buyer.client(), next=foreign).next_page == ""


def test_nobody_else_finds_a_recharge(buyer: Party) -> None:
    started = recharge(buyer.client())
    other = make_buyer("Somebody else").client()
    assert other.get(state_url(started)).status_code == 404
    assert other.post(reverse("web:recharge_go", args=[started.public_id])).status_code == 404
    assert other.get(reverse("sandbox:pay", args=[started.public_id])).status_code == 404
    assert make_supplier().client().get(reverse("web:recharge")).status_code == 403
