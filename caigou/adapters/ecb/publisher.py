"""The bank behind the port: the bundled history, and the XML of the last ninety days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

import httpx
from django.conf import settings

from caigou.adapters.ecb.history import bundled_sheets
from caigou.payments.rates.ports import BadSheet, Sheet
from caigou.payments.rates.table import ECB

#: Ninety days take about 150 kB; anything much larger is something else.
LARGEST = 2 * 1024 * 1024
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


class EuropeanCentralBank:
    """Implements ``payments.rates.ports.Publisher``."""

    name = ECB

    def bundled(self) -> Iterable[Sheet]:
        """Return the history that is installed with us."""
        return bundled_sheets()

    def is_reachable(self) -> bool:
        """Say whether ``CAIGOU_RATES_URL`` names where to fetch."""
        return bool(settings.CAIGOU_RATES_URL)

    def fetch(self) -> Iterable[Sheet]:
        """Return the publications of the last ninety days. Raises ``OSError``, ``BadSheet``."""
        return list(read_xml(_download(settings.CAIGOU_RATES_URL)))


def _download(address: str) -> bytes:
    """Return the body, read to a limit; raises ``OSError`` for anything but a plain 200."""
    try:
        with httpx.stream("GET", address, timeout=20, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise OSError(f"the publisher answered {answer.status_code}")
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise BadSheet("the answer is larger than any publication of rates")
    except httpx.HTTPError as error:
        raise OSError(f"the publisher can't be reached: {error}") from error
    return body


def read_xml(body: bytes) -> Iterator[Sheet]:
    """Yield the publications of the bank's XML. Raises ``BadSheet`` for anything else; nothing is guessed.

    A document type is refused before parsing: the bank sends none, and entities are a way to fill a memory.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadSheet("the answer declares a document type")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - a fixed sender, no document type, a limited size
    except ElementTree.ParseError as error:
        raise BadSheet(f"the answer is no XML: {error}") from error
    days = [cube for cube in root.iter(_CUBE) if "time" in cube.attrib]
    if not days:
        raise BadSheet("the answer has no day with rates")
    for cube in days:
        yield Sheet(_day(cube.attrib["time"]), dict(_figure(entry) for entry in cube.iter(_CUBE) if entry is not cube))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSheet(f"{text[:20]!r} is no day") from error


def _figure(entry: ElementTree.Element) -> tuple[str, Decimal]:
    code, text = entry.get("currency", ""), entry.get("rate", "")
    try:
        figure = Decimal(text)
    except InvalidOperation as error:
        raise BadSheet(f"{text[:20]!r} is no rate") from error
    if not _CODE.fullmatch(code) or not figure.is_finite() or figure <= 0:
        raise BadSheet(f"{code[:10]!r} at {text[:20]!r} is no rate")
    return code, figure
