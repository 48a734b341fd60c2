"""When a supplier's mark changes, its goods on sale are looked at again by the index; nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caigou.catalogue.services.evidence import Paper, record_evidence
from caigou.jobs.models import Delivery
from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import now
from caigou.search.models import Pending
from tests.support.factories import make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db


def test_the_index_hears_of_a_change_and_of_nothing_else() -> None:
    staff, party = make_staff(), make_supplier()
    supplier = party.company.supplier
    on_sale, _withdrawn = make_product(party), make_product(party, status="withdrawn")
    make_product(make_supplier("Other"))
    deliver_due()
    Pending.objects.all().delete()

    record_evidence(supplier.pk, _paper("iso9001"), by=staff.actor)
    assert not Delivery.objects.filter(event="catalogue.SupplierChanged").exists(), "that paper makes no mark"
    record_evidence(supplier.pk, _paper("licence"), by=staff.actor)
    deliver_due()

    assert list(Pending.objects.values_list("product_id", flat=True)) == [on_sale.pk]


def _paper(kind: str) -> Paper:
    today = now().date()
    return Paper(kind=kind, checked_by="Mei Chen", checked_on=today, expires_on=today + timedelta(days=365))
