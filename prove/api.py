"""Promise 21 at the API: Schemathesis asks every operation what its document allows, and what it doesn't; no 5xx.

``python -m prove.api --examples 200 --seed 1`` prints one line of JSON and exits 1 when there was a fault. It makes a
database of its own, with a deal in it, and asks through the whole of the product as the server does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Says that it isn't able to answer yet; documented, nothing is lost, and no fault.
_NOT_YET = {"index_not_ready", "busy"}


@dataclass
class Found:
    """What a run met."""

    operations: int = 0
    cases: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def fuzz(secret: str, *, examples: int, seed: int, known: Mapping[str, str] | None = None) -> Found:
    """Ask each operation ``examples`` times as its document allows and as often otherwise, with the key ``secret``.

    ``known`` has an id for the first part of a path (``orders``); every other case uses it, to get past the 404.
    """
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from schemathesis import GenerationMode

    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    found = Found()
    for result in schema.get_all_operations():
        operation = result.ok()
        found.operations += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(operation, mode, secret, examples=examples, seed=seed, known=known or {}, found=found)
    return found


def _ask(
    operation: Any, mode: Any, secret: str, *, examples: int, seed: int, known: Mapping[str, str], found: Found
) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Unsatisfiable
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    own = known.get(operation.path.split("/")[3] if operation.path.count("/") > 2 else "")

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        found.cases += 1
        if own and found.cases % 2 and "public_id" in (case.path_parameters or {}):
            case.path_parameters["public_id"] = own
        response = case.call(headers={"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"})
        status = response.status_code
        found.statuses[status] = found.statuses.get(status, 0) + 1
        if status == 503 and json.loads(response.content)["code"] in _NOT_YET:
            return
        try:
            case.validate_response(
                response, checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
            )
        except (Exception, BaseExceptionGroup) as fault:
            found.faults.append(f"{operation.method.upper()} {operation.path} → {status}: {fault}"[:600])

    try:
        ask()
    except Unsatisfiable:
        return  # nothing can be wrong about an operation that takes nothing


def main() -> int:
    """Run it in a database of its own; print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261123)
    asked = parser.parse_args()
    from prove.ground import ground, make_ready, use

    with ground() as server:
        make_ready(server)
        use(server, "proof_api")
        return _run(asked.examples, asked.seed)


def _run(examples: int, seed: int) -> int:
    from caigou.house.services import change_setting
    from caigou.integrations.scopes import scopes_for
    from caigou.integrations.services.keys import make_key
    from caigou.integrations.settings import REQUESTS_A_MINUTE
    from caigou.kernel.actor import SYSTEM
    from tests.support.factories import make_deal

    deal = make_deal()
    order = deal.place_paid()
    change_setting(REQUESTS_A_MINUTE, "100000", reason="a proof asks much", by=SYSTEM)
    _key, secret = make_key("proof", scopes_for("buyer"), by=deal.buyer.actor)
    known = {
        "orders": order.public_id,
        "requests": deal.inquiry.public_id,
        "offers": deal.offer.public_id,
        "products": deal.product.public_id,
        "exchange": _quote(deal),
    }
    found = fuzz(secret, examples=examples, seed=seed, known=known)
    told = {"promise": 21, "seed": seed, "operations": found.operations, "cases": found.cases}
    print(json.dumps({**told, "statuses": found.statuses, "faults": found.faults}))
    return 1 if found.faults else 0


def _quote(deal: Any) -> str:
    """Return a quote of the buyer's that holds during the proof."""
    from datetime import timedelta
    from decimal import Decimal

    from caigou.kernel.money import Money
    from caigou.ledger.services import quote_exchange
    from tests.support.factories import fund

    fund(deal.buyer, Money(80_00, "CNY"))
    owner, sell = deal.buyer.company.public_id, Money(80_00, "CNY")
    made = quote_exchange(owner, sell, "USD", rate=Decimal("0.125"), rate_source="proof", valid=timedelta(hours=1))
    return made.public_id


if __name__ == "__main__":
    sys.exit(main())
