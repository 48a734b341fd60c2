"""The guide's script does what it says against a served house, and the document has an example of every operation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jsonschema_rs
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from caigou.api.tests.keyed import Program
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.rates.current import current
from caigou.payments.rates.table import Leg, Table
from caigou.search.services import reindex
from tests.support.factories import fund, make_address, make_buyer, make_product, make_supplier

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "api.md"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Leave the tests' output alone."""


@contextmanager
def served(met: set[str]) -> Iterator[str]:
    """Serve the house on a free port; ``met`` gets method and path of each request that was answered well."""
    inside = get_wsgi_application()

    def outside(environ: Any, start: Any) -> Any:
        def answered(status: str, *more: Any) -> Any:
            if status.startswith("200"):
                met.add(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            return start(status, *more)

        return inside(environ, answered)

    def serve() -> None:
        server.serve_forever(poll_interval=0.02)
        connections.close_all()

    with make_server("127.0.0.1", 0, outside, handler_class=_Quiet) as server:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/v1"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
@pytest.mark.commits
def test_the_script_of_the_guide_walks_through_a_deal_and_every_operation(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX, settings.ALLOWED_HOSTS = tmp_path / "index", ["127.0.0.1", "testserver"]
    buyer, seller = make_buyer(), make_supplier()
    make_product(seller)
    make_address(buyer)
    fund(buyer, Money(7_000_00, "CNY"))
    reindex()
    today = now().date()
    legs = [Leg("EUR", code, Decimal(figure), today, "ecb") for code, figure in (("CNY", 8), ("USD", 1))]
    current.hold(Table.of(legs, today=today, oldest_days=30))
    keys = {"KEY": Program(buyer).secret, "SELLER_KEY": Program(seller).secret}
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL))
    met: set[str] = set()
    with served(met) as house:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        told = {**os.environ, **keys, "HOUSE": house, "PATH": path, "no_proxy": "127.0.0.1"}
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=told,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    current.forget()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    assert run.stdout.rstrip().endswith("completed")
    document = Client().get("/api/v1/openapi.json").json()
    asked = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert {one for one in asked if not any(_is(one, each) for each in met)} == {
        "POST /api/v1/orders/{public_id}/cancel"
    }


def _is(operation: str, met: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[a-z0-9]+", operation), met) is not None


def test_the_document_has_a_true_example_of_every_request_and_answer() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _check(operation["responses"]["200"], document, (method, path))
            assert (method == "post") == ("requestBody" in operation)
            if method == "post":
                _check(operation["requestBody"], document, (method, path))


def _check(holder: Any, document: Any, where: tuple[str, str]) -> None:
    content = holder["content"]["application/json"]
    assert "example" in content, where
    schema = {**content["schema"], "components": document["components"]}
    faults = [str(fault) for fault in jsonschema_rs.validator_for(schema).iter_errors(content["example"])]
    assert not faults, (where, faults, json.dumps(content["example"])[:300])
