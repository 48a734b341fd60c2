"""What a supplier says about itself: names, place, kind, years. What was verified stands in ``evidence.py`` (F5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.catalogue.events import SupplierChanged
from caigou.catalogue.models import EvidenceKind, Supplier, SupplierKind
from caigou.catalogue.services.own import check_own
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput


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
def save_profile(supplier_id: int, profile: Profile, *, by: Actor) -> Supplier:
    """Change the company's profile; the index follows.

    A supplier can't change the names that its papers were checked against: while any paper counts, only staff may.
    Raises ``NotAllowed`` for anyone but the supplier or staff, ``BadInput`` naming the field at fault: without a name,
    and for an audited factory that calls itself a trader.
    """
    supplier = Supplier.objects.select_for_update(of=("self",)).select_related("company").get(pk=supplier_id)
    check_own(supplier, by)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(profile).items()}
    if not values["name_en"]:
        raise BadInput(_("Give the company's name in Latin letters."), fields={"name_en": ""})
    valid = [paper for paper in supplier.evidence.all() if paper.is_valid]
    company = Company.objects.select_for_update(no_key=True).get(pk=supplier.company_id)
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
    supplier.company = company
    return supplier
