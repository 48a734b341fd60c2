"""``{% load reader %}``: what prices are shown for, on every page: the switch, and the rate behind its estimates."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from caigou.accounts.countries import country_choices
from caigou.house.settings import house_name
from caigou.kernel.clock import now
from caigou.payments.rates.current import current
from caigou.payments.rates.models import OwnRate
from caigou.payments.rates.quotes import Basis
from caigou.payments.rates.table import ECB, Leg, Rate
from caigou.payments.settings import READER_CURRENCIES, STALE_DAYS, WALLET_CURRENCIES
from caigou.ui import formats
from caigou.ui.currencies import currency_name
from caigou.ui.reader import Reader

register = template.Library()


@lru_cache(maxsize=1024)
def _options(rows: tuple[tuple[str, str], ...], chosen: str, empty: str) -> SafeString:
    every = (*((("", empty),) if empty else ()), *rows)
    return format_html_join("", '<option value="{}"{}>{}</option>', _marked(every, chosen))


def _marked(rows: tuple[tuple[str, str], ...], chosen: str) -> list[tuple[str, SafeString, str]]:
    selected, other = mark_safe(" selected"), mark_safe("")
    return [(code, selected if code == chosen else other, words) for code, words in rows]


@register.simple_tag
def destination_options(chosen: str) -> SafeString:
    """Write every country as an ``<option>``; made once for each language and choice."""
    return _options(country_choices(), chosen, _("Not said yet"))


@register.simple_tag
def currency_options(chosen: str) -> SafeString:
    """Write the currencies that readers can choose; the chosen one is always among them."""
    codes = READER_CURRENCIES.value
    shown = codes if chosen in codes else (*codes, chosen)
    return _options(tuple((code, f"{code} · {currency_name(code)}") for code in shown), chosen, "")


@register.simple_tag
def house_rate(reader: Reader | None) -> Rate | None:
    """Give the rate between the house's own currency and the reader's, which way makes the larger figure; or None."""
    if reader is None:
        return None
    own = WALLET_CURRENCIES.value[0]
    rate = current().rate(own, reader.currency)
    return current().rate(reader.currency, own) if rate is not None and rate.figure < 1 else rate


@register.simple_tag
def is_stale(rate: Rate) -> bool:
    """Say whether a rate is older than the operator wants it."""
    return rate.is_stale(now().date(), STALE_DAYS.value)


@register.simple_tag
def rate_words(rate: Rate) -> SafeString:
    """Write what one is worth of the other: US$1 ≈ ¥6.6529."""
    figure = formats.format_rate(rate.figure, translation.get_language() or "en")
    return format_html(
        '<bdi class="money" data-sure="estimate">{}1 {} {}{}</bdi>',
        formats.symbol_of(rate.of),
        formats.ALMOST,
        formats.symbol_of(rate.to),
        figure,
    )


@register.simple_tag
def leg_words(leg: Leg | OwnRate) -> SafeString:
    """Write one figure exactly as it was published or entered: €1 = ¥7.4326."""
    figure = f"{(leg.figure or Decimal()).normalize():f}"
    return format_html("<bdi>{}1 = {}{}</bdi>", formats.symbol_of(leg.base), formats.symbol_of(leg.currency), figure)


@register.simple_tag
def rate_source(published: Rate | Leg | Basis) -> str:
    """Name who published a rate; of several, all."""
    names = (published.source,) if isinstance(published, Leg) else published.sources
    words = [
        _("European Central Bank") if name == ECB else _("entered by %(house)s") % {"house": house_name()}
        for name in names
    ]
    return ("、" if formats.is_chinese(translation.get_language() or "en") else ", ").join(words)
