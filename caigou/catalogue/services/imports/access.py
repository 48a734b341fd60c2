"""Who may import whose goods."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.catalogue.models import Supplier
from caigou.kernel.actor import Actor
from caigou.kernel.errors import NotAllowed


def check_may_import(by: Actor, supplier: Supplier | None) -> None:
    """Raises ``NotAllowed`` unless staff, the system, or a supplier for itself."""
    if by.is_staff or by.is_system:
        return
    if by.role != "supplier" or supplier is None or supplier.company_id != by.company_id:
        raise NotAllowed(_("Only the platform's staff, or a supplier for its own goods, may import a catalogue."))
