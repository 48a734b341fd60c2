"""``caigou seat``: who may sit where; the first of the staff, and the people of suppliers."""

from __future__ import annotations

import typer

from caigou.cli.django_ready import django_ready
from caigou.cli.errors import UserError
from caigou.cli.home import Home


def seat(home: Home, email: str, *, supplier: str | None, staff: bool, finance: bool, name: str, chinese: bool) -> None:
    """Give a person a seat, and with ``finance`` the right to see and move money.

    Raises ``UserError`` unless exactly one of ``supplier`` and ``staff`` is asked for, and for finance elsewhere.
    """
    if staff == bool(supplier):
        raise UserError("Say where the person sits: --staff, or --supplier NAME.")
    if finance and not staff:
        raise UserError("Only the platform's own people have the right of finance: --finance goes with --staff.")
    with django_ready(home):
        from caigou.accounts.services.rights import set_right
        from caigou.accounts.services.seats import ensure_operator, give_seat
        from caigou.catalogue.services.imports import ensure_supplier
        from caigou.kernel.actor import SYSTEM

        company = ensure_supplier(supplier).company if supplier else ensure_operator("Caigou", "CN")
        given = give_seat(email, company, by=SYSTEM, name=name, language="zh-hans" if chinese else "en")
        if finance:
            set_right(given.pk, "finance", given=True, reason="Given on the command line.", by=SYSTEM)
    typer.echo(f"{given.user.email} sits at {company} as {company.role}, and signs in with a code by e-mail.")
