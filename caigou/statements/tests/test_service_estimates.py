"""What a service was estimated at and what it came to: on paper, in the file and on pages (B9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.ledger.services import find_account
from caigou.payments.rates.current import current
from caigou.payments.rates.table import Leg, Table
from caigou.statements.account import statement_of
from caigou.statements.models import ServiceEstimate
from caigou.statements.paper import statement_paper
from caigou.statements.services.service_estimates import keep_service_actual
from caigou.statements.sheet import statement_rows
from caigou.wallets.models import ServiceKind, ServicePayment
from caigou.wallets.services.authorise import authorise, pay_provider
from tests.support.factories import Party, fund, make_buyer, make_deal, make_supplier

pytestmark = pytest.mark.django_db


def yuan(whole: int) -> Money:
    return Money(whole * 100, "CNY")


def rates(yuan_in_dollars: str) -> None:
    """1 CNY is so many AUD, the buyer's own currency."""
    day = now().date()
    legs = [Leg("EUR", "CNY", Decimal(1), day, "ecb"), Leg("EUR", "AUD", Decimal(yuan_in_dollars), day, "ecb")]
    current.hold(Table.of(legs, today=day, oldest_days=366))


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    current.forget()


@pytest.fixture
def buyer() -> Party:
    """Was told ¥400 for a freight that came to ¥500, and had the money only when the rate had moved."""
    buyer, carrier = make_buyer(), make_supplier("Swift Freight")
    authorise(buyer.company, service="logistics", each=yuan(500), month=yuan(900), by=buyer.actor)
    rates("0.20")
    pay(buyer, carrier, yuan(500), "shipment:1", yuan(400))
    deliver_due()
    rates("0.21")
    fund(buyer, yuan(500))
    from caigou.payments.services.ask import meet_all_waiting

    meet_all_waiting()
    deliver_due()
    deliver_due()
    return buyer


def pay(buyer: Party, carrier: Party, amount: Money, cause: str, told: Money | None) -> ServicePayment:
    return pay_provider(
        buyer.company,
        carrier.company,
        amount,
        service=ServiceKind.LOGISTICS,
        cause=cause,
        by=carrier.actor,
        estimated=told,
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_statement_has_estimate_and_actual_of_a_service(buyer: Party, language: str) -> None:
    account = find_account("wallet", buyer.company.public_id, "CNY")
    assert account is not None
    today = timezone.localdate(now())
    with override(language):
        statement = statement_of(
            buyer.company, account, "wallet", "CNY", first=today - timedelta(days=1), last=today,
            zone=timezone.get_current_timezone(), by=buyer.actor,
        )  # fmt: skip
        note = statement_paper(statement)["rows"][-1]["note"]
        cells = list(statement_rows(statement))[-2]
    for figure in ("A$80.00", "0.20000", "A$105.00", "0.21000", "+A$25.00"):
        assert figure in note
    if language == "en":
        assert "an estimate, not an offer" in note
    assert tuple(cells[7:]) == ("80.00", "105.00", "AUD")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_stand_on_the_buyers_pages(buyer: Party, language: str) -> None:
    for name in ("web:authorisations", "web:money"):
        page = buyer.client(language).get(reverse(name)).content.decode()
        for figure in ("A$80.00", "A$105.00", "+A$25.00"):
            assert figure in page, name


def test_what_is_kept_stays_and_without_a_word_before_the_sum_itself_is_the_estimate(buyer: Party) -> None:
    kept = ServiceEstimate.objects.get()
    rates("0.50")
    keep_service_actual(kept.payment_id)
    assert ServiceEstimate.objects.get() == kept
    assert (kept.told, kept.difference) == (yuan(400), Money(25_00, "AUD"))
    carrier = make_supplier("Slow Freight")
    with pytest.raises(BadInput):
        pay(buyer, carrier, yuan(10), "shipment:2", Money(5_00, "USD"))
    pay(buyer, carrier, yuan(10), "shipment:3", None)
    deliver_due()
    assert ServiceEstimate.objects.get(payment__cause="shipment:3").estimated == Money(5_00, "AUD")


def test_the_order_says_to_its_buyer_alone_what_its_goods_were_estimated_at() -> None:
    deal = make_deal(quantity=240, unit_price=yuan(10))
    rates("0.20")
    order = deal.place()
    deliver_due()
    page = reverse("web:order", args=[order.public_id])
    assert "A$480.00" in deal.buyer.client().get(page).content.decode()
    assert "A$480.00" not in deal.supplier.client().get(page).content.decode()
