"""The European Central Bank's files: read exactly, and refused whole when they aren't what they should be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from caigou.adapters.ecb.history import bundled_sheets
from caigou.adapters.ecb.publisher import LARGEST, EuropeanCentralBank, read_xml
from caigou.payments.rates.ports import BadSheet

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube>
<Cube time="2026-11-20"><Cube currency="USD" rate="1.1172"/><Cube currency="JPY" rate="175.68"/></Cube>
<Cube time="2026-11-19"><Cube currency="USD" rate="1.1150"/></Cube>
</Cube></gesmes:Envelope>"""


def test_each_day_of_the_xml_is_a_sheet() -> None:
    first, second = read_xml(XML)
    assert (first.day, first.figures) == (
        date(2026, 11, 20),
        {"USD": Decimal("1.1172"), "JPY": Decimal("175.68")},
    )
    assert second.figures == {"USD": Decimal("1.1150")}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        XML[:-20],
        XML.replace(b"1.1172", b"n/a"),
        XML.replace(b"1.1172", b"-1"),
        XML.replace(b"1.1172", b"Infinity"),
        XML.replace(b'"USD"', b'"dollar"'),
        XML.replace(b"2026-11-20", b"20 Nov"),
        XML.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1),
    ],
)
def test_an_answer_that_is_no_publication_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BadSheet):
        list(read_xml(body))


def test_the_installed_history_is_whole() -> None:
    sheets = list(bundled_sheets())
    days = [sheet.day for sheet in sheets]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(set(days)) > 7_000
    assert days[-1] == date(1999, 1, 4)
    first = {sheet.day: sheet.figures for sheet in sheets}[date(1999, 1, 4)]
    assert first["USD"] == Decimal("1.1789")
    assert "CNY" not in first
    assert all(figure > 0 for sheet in sheets for figure in sheet.figures.values())


@pytest.fixture
def server(settings: Any) -> Iterator[dict[str, Any]]:
    answer: dict[str, Any] = {"status": 200, "body": XML}

    class Bank(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer["status"])
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_: object) -> None:
            pass

    bank = HTTPServer(("127.0.0.1", 0), Bank)
    thread = threading.Thread(target=bank.serve_forever)
    thread.start()
    settings.CAIGOU_RATES_URL = f"http://127.0.0.1:{bank.server_port}/eurofxref-hist-90d.xml"
    yield answer
    bank.shutdown()
    thread.join()
    bank.server_close()


def test_the_newest_publications_are_fetched(server: dict[str, Any]) -> None:
    assert [sheet.day.day for sheet in EuropeanCentralBank().fetch()] == [20, 19]


@pytest.mark.parametrize("status", [404, 500, 302])
def test_no_answer_is_an_error_and_no_redirect_is_followed(server: dict[str, Any], status: int) -> None:
    server["status"] = status
    with pytest.raises(OSError, match=str(status)):
        EuropeanCentralBank().fetch()


def test_an_endless_answer_is_cut_off(server: dict[str, Any]) -> None:
    server["body"] = b" " * (LARGEST + 100_000)
    with pytest.raises(BadSheet):
        EuropeanCentralBank().fetch()


def test_without_an_address_nothing_is_fetched(settings: Any) -> None:
    settings.CAIGOU_RATES_URL = ""
    assert not EuropeanCentralBank().is_reachable()
