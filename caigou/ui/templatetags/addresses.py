"""``{% load addresses %}``: addresses and phone numbers as they are written in their country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from caigou.accounts.address_rules import address_lines
from caigou.accounts.countries import country_name
from caigou.accounts.models import Address
from caigou.accounts.phones import written
from caigou.ui.templatetags.ui import lines

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """Write a kept number with spaces: +44 20 7946 0958."""
    return written(number)


@register.simple_tag
def address_line(address: Address) -> SafeString:
    """Write the place of an address of the book on one line, with its country."""
    return lines(*address_lines(address.snapshot()), country_name(address.country))


@register.simple_tag
def address_block(address: Address | Mapping[str, Any]) -> SafeString:
    """Write receiver, place, country and phone, a line each; takes an address of the book or an order's copy."""
    kept = address.snapshot() if isinstance(address, Address) else address
    rows = [kept.get("name", ""), *address_lines(kept), country_name(kept.get("country", ""))]
    number = format_html("<bdi>{}</bdi>", written(kept.get("phone", "")))
    return format_html("<address>{}{}</address>", format_html_join("", "{}<br>", ((row,) for row in rows)), number)
