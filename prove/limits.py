"""Limits are exact under parallel fire (promise 22): as many get through as the limit says, whoever counts."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from prove.ground import Ground, use
from prove.over_http.client import Client
from prove.product import product

LIMIT = 137
_PROCESSES, _AT_ONCE = 4, 32
#: A window that begins in an hour: none ends during the race.
_FAR_WINDOW = "UPDATE integrations_tally SET since = now() + interval '1 hour', counted = 0 WHERE name LIKE 'api:%%'"


def limits(server: Ground, *, requests: int) -> dict[str, Any]:
    """Ask ``requests`` times with one key that may ask ``LIMIT`` times, of four web processes, 32 at once."""
    from django.db import connection, connections

    use(server, "limits")
    secret = _key_with_limit()
    with product(web_workers=_PROCESSES) as running:
        warm = Client(running.port)
        assert warm.api(secret, "GET", "key").status == 200
        with connection.cursor() as cursor:
            cursor.execute(_FAR_WINDOW)
        connections.close_all()

        def ask(times: int) -> Counter[int]:
            client, told = Client(running.port), Counter[int]()
            for _turn in range(times):
                reply = client.once("GET", "/api/v1/key", None, {"Authorization": f"Bearer {secret}"})
                told[reply.status if reply else 0] += 1
            client.close()
            return told

        shares = [requests // _AT_ONCE + (place < requests % _AT_ONCE) for place in range(_AT_ONCE)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            told = sum(pool.map(ask, shares), Counter[int]())
    broken = {
        "accepted_otherwise_than_the_limit": abs(told[200] - min(LIMIT, requests)),
        "refused_otherwise": sum(told.values()) - told[200] - told[429],
    }
    return {
        "requests": requests,
        "processes": _PROCESSES,
        "limit": LIMIT,
        "accepted": told[200],
        "refused": told[429],
        "broken": {what: times for what, times in broken.items() if times},
    }


def _key_with_limit() -> str:
    from caigou.house.services import change_setting
    from caigou.integrations.services.keys import make_key
    from caigou.integrations.settings import REQUESTS_A_MINUTE
    from caigou.kernel.actor import SYSTEM
    from tests.support.factories import make_buyer

    change_setting(REQUESTS_A_MINUTE, str(LIMIT), reason="a proof of limits", by=SYSTEM)
    _key, secret = make_key("proof", ["read:wallet"], by=make_buyer().actor)
    return secret
