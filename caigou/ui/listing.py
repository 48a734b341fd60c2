"""A product in a list of goods that can be changed: its prices, and the two moves that buyers notice (F6).

The supplier's own pages and the console show the same; each hands in the products that its reader may touch.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product
from caigou.catalogue.services.listing import list_product, withdraw_product
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.ui.onward import safe_next
from caigou.ui.refusals import sentence_of


def price_span(product: Product) -> dict[str, Money | None]:
    """Return the lowest and the highest price of its tiers, ``low`` and ``high``; None for goods without a price."""
    prices = [tier.unit_price for tier in product.tiers]
    return {"low": min(prices), "high": max(prices)} if prices else {"low": None, "high": None}


def withdraw(request: SeatedRequest, product: Product, *, home: str) -> HttpResponse:
    """Take the product off the market and go on, else back to the page named ``home``."""
    done = _("Withdrawn. Buyers no longer find it; offers and orders go on.")
    return _move(request, product, withdraw_product, done, home)


def put_on_sale(request: SeatedRequest, product: Product, *, home: str) -> HttpResponse:
    """Put the product on the market, or back on it, and go on, else back to the page named ``home``."""
    return _move(request, product, list_product, _("Listed. Buyers find it within a minute."), home)


def _move(request: SeatedRequest, product: Product, act: Callable[..., object], done: str, home: str) -> HttpResponse:
    try:
        act(product.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, done)
    return redirect(safe_next(request, home))
