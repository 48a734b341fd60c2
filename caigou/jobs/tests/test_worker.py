"""When the worker's loop does what."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from caigou.jobs import worker

pytestmark = pytest.mark.django_db


def test_clocks_tick_every_round_and_when_asked_for_but_not_for_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    ticked: list[float] = []
    moment = 100.0

    def clock() -> int:
        ticked.append(moment)
        return 1

    monkeypatch.setattr(worker, "run_clocks", clock)
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: moment))
    work = worker.Deliverer()
    for now, woken in ((100.0, set()), (100.5, {"caigou_events"}), (101.0, {"caigou_clocks"}), (103.0, set())):
        moment = now
        work(woken)
    assert ticked == [100.0, 101.0, 103.0]
