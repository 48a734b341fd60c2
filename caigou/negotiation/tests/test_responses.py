"""How a supplier answers: counted from its requests, shown by the catalogue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caigou.catalogue.models import Supplier
from caigou.catalogue.services.responses import Response
from caigou.kernel.clock import now
from caigou.negotiation.models import Inquiry, Offer
from caigou.negotiation.services.answer import decline_inquiry, withdraw_inquiry
from caigou.negotiation.services.responses import figure_responses, figure_responses_hourly
from tests.support.factories import make_buyer, make_inquiry, make_open_offer, make_product, make_supplier

pytestmark = pytest.mark.django_db


def aged(inquiry: Inquiry, **since: int) -> Inquiry:
    Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=now() - timedelta(**since))
    return inquiry


def figures(supplier: Supplier) -> tuple[int, int | None, int | None]:
    supplier.refresh_from_db()
    return supplier.inquiries_counted, supplier.answered_percent, supplier.answer_minutes


def test_offers_and_refusals_are_answers_and_silence_counts_after_two_days() -> None:
    supplier, buyer = make_supplier(), make_buyer()
    product = make_product(supplier)
    for hours in (3, 5, 30):
        make_open_offer(aged(make_inquiry(buyer, product), hours=hours), supplier)
    decline_inquiry(aged(make_inquiry(buyer, product), hours=1).pk, by=supplier.actor)
    aged(make_inquiry(buyer, product), hours=49)  # ignored
    aged(make_inquiry(buyer, product), hours=2)  # young: says nothing yet
    withdraw_inquiry(aged(make_inquiry(buyer, product), hours=60).pk, by=buyer.actor)  # nobody's fault
    make_open_offer(aged(make_inquiry(buyer, product), days=91), supplier)  # long ago

    assert figure_responses() == 1

    assert figures(supplier.company.supplier) == (5, 80, 300)
    assert figure_responses() == 0


def test_the_first_offer_counts_not_the_last() -> None:
    supplier = make_supplier()
    inquiry = aged(make_inquiry(make_buyer(), make_product(supplier)), hours=10)
    first = make_open_offer(inquiry, supplier)
    Offer.objects.filter(pk=first.pk).update(made_at=now() - timedelta(hours=9))
    make_open_offer(inquiry, supplier)

    figure_responses()

    assert figures(supplier.company.supplier) == (1, 100, 60)


def test_without_requests_there_are_no_figures() -> None:
    supplier = make_supplier().company.supplier
    assert figure_responses() == 0
    assert figures(supplier) == (0, None, None)
    Supplier.objects.update(inquiries_counted=3, answered_percent=66, answer_minutes=5)

    assert figure_responses() == 1

    assert figures(supplier) == (0, None, None)


def test_the_clock_counts_once_an_hour() -> None:
    supplier = make_supplier()
    make_open_offer(make_inquiry(make_buyer(), make_product(supplier)), supplier)
    assert figure_responses_hourly() == 1
    Supplier.objects.update(inquiries_counted=9)
    assert figure_responses_hourly() == 0


@pytest.mark.parametrize(("counted", "percent"), [(0, 50), (3, 101), (3, -1), (-1, None)])
def test_figures_that_cant_be_are_a_fault_of_the_caller(counted: int, percent: int | None) -> None:
    with pytest.raises(ValueError, match="requests"):
        Response(1, counted, percent)


def test_suppliers_of_whom_nothing_is_new_cost_no_query_each(django_assert_num_queries: Any) -> None:
    buyer = make_buyer()
    for number in range(3):
        supplier = make_supplier(f"Kiln {number}")
        make_open_offer(make_inquiry(buyer, make_product(supplier)), supplier)
    with django_assert_num_queries(3):  # the count, the figures as they are, one update
        assert figure_responses() == 3
    with django_assert_num_queries(2):
        assert figure_responses() == 0
