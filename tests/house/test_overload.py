"""Who has waited too long in a queue is turned away at once, and nothing of it is done (promise 23)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from caigou.config.overload import LONGEST_WAIT
from tests.support.factories import make_buyer


def _stamp(ago: float, form: str = "t={:.3f}") -> dict[str, str]:
    return {"X-Request-Start": form.format(time.time() - ago)}


@pytest.fixture(autouse=True)
def proxy(settings: Settings) -> None:
    settings.BEHIND_PROXY = True


@pytest.mark.django_db
def test_what_waited_too_long_is_told_to_come_again_in_the_readers_language(client: Client, caplog: Any) -> None:
    late = _stamp(LONGEST_WAIT + 1)
    page = client.get("/", headers={**late, "Accept-Language": "zh-CN"})
    program = client.get("/api/v1/search?q=mug", headers=late)
    assert (page.status_code, page.headers["Retry-After"], "忙" in page.content.decode()) == (503, "1", True)
    assert (program.status_code, program.headers["Retry-After"]) == (503, "1")
    assert program.json()["code"] == "busy"
    assert program.headers["Content-Length"] == str(len(program.content))
    assert [record.getMessage() for record in caplog.records if record.name.startswith("django")] == [], "no fault"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", [None, 0, -30, 3_600, "t=soon", "1763880000", "t=" + "9" * 400], ids=lambda said: str(said)[:20]
)
def test_all_others_are_served(client: Client, said: float | str | None) -> None:
    headers = {"X-Request-Start": said} if isinstance(said, str) else {} if said is None else _stamp(said)
    assert client.get("/account/login/", headers=headers).status_code == 200


@pytest.mark.django_db
def test_milliseconds_are_read_too_and_nobody_is_believed_without_a_proxy(client: Client, settings: Settings) -> None:
    late = {"X-Request-Start": f"t={int((time.time() - LONGEST_WAIT - 1) * 1000)}"}
    assert client.get("/account/login/", headers=late).status_code == 503
    settings.BEHIND_PROXY = False
    assert client.get("/account/login/", headers=late).status_code == 200


@pytest.mark.django_db
def test_a_payment_that_came_too_late_moved_nothing() -> None:
    buyer = make_buyer()
    answer = buyer.client().post("/money/recharge/", {"amount": "10.00"}, headers=_stamp(LONGEST_WAIT + 1))
    assert answer.status_code == 503
    assert not buyer.company.recharges.exists()
