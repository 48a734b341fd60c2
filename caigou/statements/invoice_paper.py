"""What an invoice or a credit note says on paper, in the language that is active; all from the copy that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _

from caigou.accounts.countries import country_name
from caigou.house.settings import house_name
from caigou.kernel.money import parse_money
from caigou.statements.models import Document, DocumentKind
from caigou.statements.paper import day_parts, type_language
from caigou.ui.formats import format_datetime, format_money, format_quantity
from caigou.ui.words import language, own


def reason_words(code: str) -> str:
    """Return why a credit note was written."""
    return {"order_cancelled": _("The order was cancelled before shipping.")}.get(code, code)


def document_paper(document: Document, zone: tzinfo) -> dict[str, Any]:
    """Return what ``typ/invoice.typ`` reads."""
    tongue, body = language(), document.body
    issued = format_datetime(document.issued_at, tongue, zone)
    facts = [[_("Number"), document.full_number], [_("Issued"), issued], [_("Order number"), body["order"]]]
    if document.corrects_id:
        facts.append([_("Corrects"), body["corrects"]])
    return {
        "lang": type_language(),
        "day": [*day_parts(document.issued_at)],
        "house": house_name(),
        "corner": document.full_number,
        "title": str(DocumentKind(document.kind).label),
        "foot": _("Issued by %(house)s for the seller.") % {"house": house_name()},
        "facts": facts,
        "parties": [_party(_("Seller"), body["seller"]), _party(_("Buyer"), body["buyer"], body["ship_to"])],
        "heads": [_("What"), _("Quantity"), _("Unit price"), _("Amount")],
        "rows": _rows(document),
        "total": [_("Total"), format_money(document.total, tongue)],
        "notes": [reason_words(body["reason"])] if body["reason"] else [],
    }


def _party(role: str, party: Mapping[str, str], ship_to: Mapping[str, str] | None = None) -> dict[str, Any]:
    lines = [own(party["en"], party["zh"])]
    if ship_to:
        place = " ".join(ship_to[part] for part in ("postcode", "city", "region") if ship_to[part])
        lines += [line for line in (ship_to["name"], ship_to["line1"], ship_to["line2"], place) if line]
        lines.append(country_name(ship_to["country"]))
    else:
        lines.append(country_name(party["country"]))
    return {"role": role, "lines": lines}


def _rows(document: Document) -> list[list[str]]:
    """Return the goods as they were agreed; a note over a part says the part only."""
    tongue, body = language(), document.body
    title = own(body["product"]["en"], body["product"]["zh"])
    price = parse_money(body["unit_price"]["amount"], body["unit_price"]["currency"])
    if price * body["quantity"] != document.total:
        return [[title, "", "", format_money(document.total, tongue)]]
    quantity = format_quantity(body["quantity"], body["product"]["unit"], tongue)
    return [[title, quantity, format_money(price, tongue), format_money(document.total, tongue)]]
