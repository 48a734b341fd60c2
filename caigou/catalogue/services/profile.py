"""What a supplier says about itself: names, place, kind, years. What was verified stands in ``evidence.py`` (F5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.catalogue.events import SupplierChanged
from caigou.catalogue.models import EvidenceKind, Supplier, SupplierKind
from caigou.catalogue.services.own import check_own
from caigou.catalogue.services.seen import check_seen, mark_of_profile
from caigou.catalogue.services.typed import prose, text
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput

_MOST_ABOUT: Final = 3_000
#: Characters of the other texts; names have 200.
_LENGTHS: Final = {"province": 60, "province_zh": 30, "city": 60, "city_zh": 30}


@dataclass(frozen=True, slots=True)
class Profile:
    """A company as it presents itself; ``country`` is ISO 3166-1 alpha-2, where the goods leave from."""

    name_en: str
    name_zh: str
    kind: str
    country: str
    province: str
    province_zh: str
    city: str
    city_zh: str
    about_en: str
    about_zh: str
    years: int | None


@transaction.atomic
def save_profile(supplier_id: int, profile: Profile, *, by: Actor, seen: str | None = None) -> Supplier:
    """Change the company's profile; the index follows.

    A supplier can't change the names that its papers were checked against: while any paper counts, only staff may.
    ``seen`` is the mark of the profile that the person had before them (``seen.py``).
    Raises ``NotAllowed`` for anyone but the supplier or staff, ``ChangedMeanwhile``, ``BadInput`` naming the field at
    fault: without a name, and for an audited factory that calls itself a trader.
    """
    supplier = Supplier.objects.select_for_update(of=("self",)).select_related("company").get(pk=supplier_id)
    check_own(supplier, by)
    values = {name: _cleaned(name, value) for name, value in asdict(profile).items()}
    if not values["name_en"]:
        raise BadInput(_("Give the company's name in Latin letters."), fields={"name_en": ""})
    valid = [paper for paper in supplier.evidence.all() if paper.is_valid]
    company = Company.objects.select_for_update(no_key=True).get(pk=supplier.company_id)
    supplier.company = company
    check_seen(mark_of_profile(supplier), seen)
    renamed = (company.name_en, company.name_zh) != (values["name_en"], values["name_zh"])
    if renamed and valid and not (by.is_staff or by.is_system):
        raise BadInput(
            _("Your papers were checked under the present name. Ask the platform to change it."),
            fields={"name_en": company.name_en},
        )
    audited = any(paper.kind == EvidenceKind.AUDIT for paper in valid)
    if audited and values["kind"] != SupplierKind.FACTORY:
        raise BadInput(_("Your factory was audited; a trader has none."), fields={"kind": SupplierKind.FACTORY})
    company.name_en, company.name_zh = values.pop("name_en"), values.pop("name_zh")
    company.save(update_fields=["name_en", "name_zh"])
    for name, value in values.items():
        setattr(supplier, name, value)
    supplier.save(update_fields=list(values))
    publish(SupplierChanged(supplier_id=supplier.pk))
    return supplier


def _cleaned(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return prose(value, name, _MOST_ABOUT) if name.startswith("about_") else text(value, name, _LENGTHS.get(name, 200))
