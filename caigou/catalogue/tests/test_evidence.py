"""A supplier's mark is the sum of its papers, and never outlives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caigou.catalogue.models import Evidence, Supplier
from caigou.catalogue.services.evidence import Paper, end_lapsed_marks, record_evidence, revoke_evidence
from caigou.catalogue.services.profile import Profile, save_profile
from caigou.catalogue.services.seen import mark_of_profile
from caigou.jobs.models import Delivery
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed
from tests.support.factories import Party, make_buyer, make_staff, make_supplier

pytestmark = pytest.mark.django_db


def paper(kind: str = "licence", *, days: int = 365, **changes: object) -> Paper:
    today = now().date()
    values = {"kind": kind, "checked_by": "Mei Chen", "checked_on": today, "expires_on": today + timedelta(days=days)}
    return Paper(**{**values, **changes})  # type: ignore[arg-type]


def mark(supplier: Supplier) -> tuple[str, date | None]:
    supplier.refresh_from_db()
    return supplier.qualification, supplier.verified_until


@pytest.fixture
def staff() -> Party:
    return make_staff()


@pytest.fixture
def supplier() -> Supplier:
    return make_supplier().company.supplier


def test_the_strongest_paper_makes_the_mark(supplier: Supplier, staff: Party) -> None:
    today = now().date()
    record_evidence(supplier.pk, paper("iso9001"), by=staff.actor)
    assert mark(supplier) == ("none", None)
    record_evidence(supplier.pk, paper("licence", days=900), by=staff.actor)
    assert mark(supplier) == ("licence_checked", today + timedelta(days=900))
    audit = record_evidence(supplier.pk, paper("factory_audit", days=300), by=staff.actor)
    assert mark(supplier) == ("verified_factory", today + timedelta(days=300))

    revoke_evidence(audit.pk, by=staff.actor)
    revoke_evidence(audit.pk, by=staff.actor)

    assert mark(supplier) == ("licence_checked", today + timedelta(days=900))
    assert Evidence.objects.filter(revoked_at__isnull=False).count() == 1


def test_when_the_audit_ends_the_licence_counts_again(
    supplier: Supplier, staff: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_evidence(supplier.pk, paper("licence", days=900), by=staff.actor)
    record_evidence(supplier.pk, paper("factory_audit", days=10), by=staff.actor)
    assert end_lapsed_marks() == 0
    later = now() + timedelta(days=11)
    monkeypatch.setattr("caigou.catalogue.services.evidence.now", lambda: later)
    monkeypatch.setattr("caigou.catalogue.models.suppliers.now", lambda: later)

    assert end_lapsed_marks() == 1

    assert mark(supplier)[0] == "licence_checked"
    assert end_lapsed_marks() == 0


def test_only_staff_records_and_revokes(supplier: Supplier, staff: Party) -> None:
    evidence = record_evidence(supplier.pk, paper(), by=staff.actor)
    for stranger in (make_supplier("Other").actor, make_buyer().actor, replace(staff.actor, role="supplier")):
        with pytest.raises(NotAllowed):
            record_evidence(supplier.pk, paper(), by=stranger)
        with pytest.raises(NotAllowed):
            revoke_evidence(evidence.pk, by=stranger)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "medal"}, "kind"),
        ({"checked_by": " "}, "checked_by"),
        ({"checked_on": date(2999, 1, 1), "expires_on": date(2999, 1, 2)}, "checked_on"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
        ({"expires_on": date(9999, 12, 31)}, "expires_on"),
    ],
)
def test_a_paper_that_cant_be_is_refused(
    changes: dict[str, object], field: str, supplier: Supplier, staff: Party
) -> None:
    with pytest.raises(BadInput) as refused:
        record_evidence(supplier.pk, paper(**changes), by=staff.actor)  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert mark(supplier) == ("none", None)


def test_a_paper_is_checked_in_the_morning_in_yiwu_while_it_is_yesterday_in_utc(
    supplier: Supplier, staff: Party
) -> None:
    with frozen(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)):  # 07:30 on the 22nd
        record_evidence(supplier.pk, paper(checked_on=date(2026, 11, 22)), by=staff.actor)
        with pytest.raises(BadInput):
            record_evidence(supplier.pk, paper(checked_on=date(2026, 11, 23)), by=staff.actor)


def test_a_trader_has_no_factory_to_audit(staff: Party) -> None:
    trader = make_supplier("Trader", kind="trader").company.supplier
    with pytest.raises(BadInput):
        record_evidence(trader.pk, paper("factory_audit"), by=staff.actor)


# --- The profile --------------------------------------------------------------------------------------------------


def profile(**changes: object) -> Profile:
    values = {
        "name_en": "Yiwu Qingyao Ceramics", "name_zh": "义乌青窑陶瓷", "kind": "factory", "country": "CN",
        "province": "Zhejiang", "province_zh": "浙江", "city": "Yiwu", "city_zh": "义乌",
        "about_en": "Mugs.", "about_zh": "马克杯。", "years": 12,
    }  # fmt: skip
    return Profile(**{**values, **changes})  # type: ignore[arg-type]


def test_a_supplier_presents_itself_and_the_index_follows() -> None:
    party = make_supplier()

    save_profile(party.company.supplier.pk, profile(city="Jinhua", name_en="Qingyao Kiln"), by=party.actor)

    fresh = Supplier.objects.select_related("company").get(pk=party.company.supplier.pk)
    assert (fresh.city, fresh.company.name_en, fresh.years) == ("Jinhua", "Qingyao Kiln", 12)
    assert Delivery.objects.filter(event="catalogue.SupplierChanged").count() == 1


def test_of_two_who_present_it_at_once_the_second_is_told(staff: Party) -> None:
    party = make_supplier()
    supplier = party.company.supplier
    opened = mark_of_profile(supplier)
    save_profile(supplier.pk, profile(name_en="Checked Kiln"), by=staff.actor, seen=opened)

    with pytest.raises(ChangedMeanwhile):
        save_profile(supplier.pk, profile(city="Jinhua"), by=party.actor, seen=opened)

    assert Supplier.objects.get(pk=supplier.pk).company.name_en == "Checked Kiln"


def test_a_name_that_would_read_backwards_is_cleaned() -> None:
    party = make_supplier()
    saved = save_profile(party.company.supplier.pk, profile(name_en="Kiln \u202eoo"), by=party.actor)
    assert saved.company.name_en == "Kiln oo"


def test_nobody_presents_another_company(supplier: Supplier) -> None:
    for stranger in (make_supplier("Other"), make_buyer()):
        with pytest.raises(NotAllowed):
            save_profile(supplier.pk, profile(), by=stranger.actor)


def test_a_checked_name_is_changed_by_the_platform_only(staff: Party) -> None:
    party = make_supplier()
    supplier = party.company.supplier
    record_evidence(supplier.pk, paper(), by=staff.actor)
    with pytest.raises(BadInput):
        save_profile(supplier.pk, profile(name_en="Better Name"), by=party.actor)
    save_profile(supplier.pk, profile(about_en="More."), by=party.actor)
    save_profile(supplier.pk, profile(name_en="Better Name"), by=staff.actor)


def test_an_audited_factory_is_no_trader(staff: Party) -> None:
    party = make_supplier()
    record_evidence(party.company.supplier.pk, paper("factory_audit"), by=staff.actor)
    with pytest.raises(BadInput):
        save_profile(party.company.supplier.pk, profile(kind="trader"), by=party.actor)
