"""``caigou seat``: who may sit where; the first of the staff, and the people of suppliers."""

from __future__ import annotations

import typer

from caigou.cli.django_ready import django_ready
from caigou.cli.errors import UserError
from caigou.cli.home import Home


def seat(home: Home, email: str, *, supplier: str | None, staff: bool, name: str, chinese: bool) -> None:
    """Give a person a seat.  Raises ``UserError`` unless exactly one of ``supplier`` and ``staff`` is asked for."""
    if staff == bool(supplier):
        raise UserError("Say where the person sits: --staff, or --supplier NAME.")
    with django_ready(home):
        from caigou.accounts.services.seats import ensure_operator, give_seat
        from caigou.catalogue.services.imports import ensure_supplier
        from caigou.kernel.actor import SYSTEM

        company = ensure_supplier(supplier).company if supplier else ensure_operator("Caigou", "CN")
        given = give_seat(email, company, by=SYSTEM, name=name, language="zh-hans" if chinese else "en")
    typer.echo(f"{given.user.email} sits at {company} as {company.role}, and signs in with a code by e-mail.")
