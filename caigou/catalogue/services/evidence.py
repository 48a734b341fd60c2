"""Papers of a supplier: what was checked by whom and until when; the supplier's mark is their sum (F5, F6).

Nobody sets a qualification by hand: it follows from the papers that count today, and the clock takes it back on the day
after the last one ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.events import SupplierChanged
from caigou.catalogue.models import PROVES, Evidence, EvidenceKind, Qualification, Supplier, SupplierKind
from caigou.files.models import Picture
from caigou.jobs.outbox import publish
from caigou.jobs.worker import each_due
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed

#: A paper that ends later than this was misread.
LONGEST_VALIDITY = timedelta(days=3_653 * 3)
#: The clock that is first: no day is further than this before UTC's.
FURTHEST_EAST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a person of the platform read on a paper; ``expires_on`` is the last day on which it counts."""

    kind: str
    checked_by: str
    checked_on: date
    expires_on: date
    number: str = ""
    picture: Picture | None = None


@transaction.atomic
def record_evidence(supplier_id: int, paper: Paper, *, by: Actor) -> Evidence:
    """Record that a paper was checked, and sum the supplier's papers up.

    Raises ``NotAllowed`` for anyone but staff, ``BadInput`` naming the field at fault: a day in the future, an end
    before the check, a factory audit of a trader.
    """
    supplier = _locked(supplier_id, by)
    _check(supplier, paper)
    evidence = Evidence.objects.create(
        supplier=supplier,
        kind=paper.kind,
        number=" ".join(paper.number.split())[:80],
        checked_by=" ".join(paper.checked_by.split())[:120],
        checked_on=paper.checked_on,
        expires_on=paper.expires_on,
        picture=paper.picture,
        by_id=by.user_id,
    )
    sum_up(supplier)
    return evidence


@transaction.atomic
def revoke_evidence(evidence_id: int, *, by: Actor) -> Evidence:
    """Let a paper count no longer, from now on; it stays as history. Safe to repeat. Raises ``NotAllowed``."""
    evidence = Evidence.objects.get(pk=evidence_id)
    supplier = _locked(evidence.supplier_id, by)
    evidence.refresh_from_db()
    if evidence.revoked_at is None:
        evidence.revoked_at = now()
        evidence.save(update_fields=["revoked_at"])
        sum_up(supplier)
    return evidence


def _locked(supplier_id: int, by: Actor) -> Supplier:
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only the platform records what it has checked."))
    return Supplier.objects.select_for_update(of=("self",)).get(pk=supplier_id)


def _check(supplier: Supplier, paper: Paper) -> None:
    today = now().date()
    # In Yiwu it is tomorrow already while it is still today in UTC.
    latest = (now() + FURTHEST_EAST).date()
    if paper.kind not in EvidenceKind.values:
        raise BadInput(_("Choose the kind of paper from the list."), fields={"kind": ""})
    if not paper.checked_by.strip():
        raise BadInput(_("Say who checked it."), fields={"checked_by": ""})
    if paper.checked_on > latest:
        raise BadInput(_("The day of the check is in the future."), fields={"checked_on": latest})
    if paper.expires_on < paper.checked_on:
        raise BadInput(_("The paper ends before it was checked."), fields={"expires_on": paper.checked_on})
    if paper.expires_on > today + LONGEST_VALIDITY:
        raise BadInput(_("No paper counts for so long. Look at its end again."), fields={"expires_on": ""})
    if paper.kind == EvidenceKind.AUDIT and supplier.kind != SupplierKind.FACTORY:
        raise BadInput(_("A trader has no factory to audit. Change the supplier's kind first."), fields={"kind": ""})


def proven(papers: Iterable[Evidence]) -> tuple[str, date | None]:
    """Return the strongest qualification that valid papers prove and its last day; none and None without any."""
    valid = [paper for paper in papers if paper.is_valid]
    for kind, qualification in PROVES.items():
        ends = [paper.expires_on for paper in valid if paper.kind == kind]
        if ends:
            return qualification, max(ends)
    return Qualification.NONE, None


def sum_up(supplier: Supplier) -> bool:
    """Let the mark follow from the papers; say whether it changed. Call it inside a transaction."""
    qualification, until = proven(supplier.evidence.all())
    if (supplier.qualification, supplier.verified_until) == (qualification, until):
        return False
    supplier.qualification, supplier.verified_until = qualification, until
    supplier.save(update_fields=["qualification", "verified_until"])
    publish(SupplierChanged(supplier_id=supplier.pk))
    return True


def end_lapsed_marks(limit: int = 200) -> int:
    """Clock: sum up the suppliers whose mark has lapsed; return how many changed.

    A page takes a lapsed mark for none by itself; this brings the next weaker paper to count, and the index.
    """
    lapsed = Supplier.objects.exclude(qualification=Qualification.NONE).filter(verified_until__lt=now().date())
    return each_due(lapsed.order_by("pk").values_list("pk", flat=True)[:limit], _sum_up_one)


@transaction.atomic
def _sum_up_one(supplier_id: int) -> bool:
    return sum_up(Supplier.objects.select_for_update(of=("self",)).get(pk=supplier_id))
