"""Figures and names as bare words in the reader's language, for sentences that a view puts together."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.catalogue.models import Product, Variant
from caigou.kernel import clock
from caigou.kernel.money import Money
from caigou.ui import formats


def language() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def language_of(text: str) -> str:
    """Return the language that a text was written in, as far as its script tells.

    >>> language_of("您好, 12.50"), language_of("Hello")
    ('zh-hans', 'en')
    """
    return "zh-hans" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else "en"


def own(en: str, zh: str) -> str:
    """Return the text in the reader's language, or in the one that there is."""
    return (zh or en) if formats.is_chinese(language()) else (en or zh)


def name_of(company: Company) -> str:
    """Return the company's name in the reader's script, or in the one that there is."""
    return own(company.name_en, company.name_zh)


def title_of(product: Product) -> str:
    """Return the product's title in the reader's language, or in the one that there is."""
    return own(product.title_en, product.title_zh)


def label_of(variant: Variant) -> str:
    """Return which variant it is in the reader's language: Lake blue / L."""
    return own(variant.label_en, variant.label_zh)


def source_of(product: Product) -> str:
    """Say where the product's data come from (B8): of the supplier's own words no code of ours.

    ``supplier:`` begins what a supplier's file told, ``desk:`` what was written in the workspace.
    """
    return foreign_source(product.source) or _("the supplier's own catalogue")


def foreign_source(source: str) -> str:
    """Return the name of a source that is not the supplier itself, an empty string for the supplier's own words.

    >>> foreign_source("uci-online-retail"), foreign_source("supplier:abc123"), foreign_source("desk:abc123")
    ('uci-online-retail', '', '')
    """
    return "" if source.startswith(("supplier:", "desk:")) else source


def sum_of(money: Money) -> str:
    """Return an amount with its symbol: ¥18,024.00."""
    return formats.format_money(money, language())


def amount_of(quantity: int, unit: str) -> str:
    """Return a quantity with its unit: 1,440 pcs."""
    return formats.format_quantity(quantity, unit, language())


def count_of(number: int) -> str:
    """Return a bare number with its digits grouped."""
    return formats.format_number(number, language())


def day_of(day: date) -> str:
    """Return a date; the year only when it isn't this one."""
    return formats.format_day(day, language(), today=timezone.localdate(clock.now()))


def moment_of(moment: datetime) -> str:
    """Return a moment in the reader's zone, to the minute."""
    zone = timezone.get_current_timezone()
    return formats.format_datetime(moment, language(), zone, now=clock.now())
