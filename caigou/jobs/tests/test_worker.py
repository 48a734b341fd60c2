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
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: moment, sleep=lambda _seconds: None))
    work = worker.Deliverer()
    for now, woken in ((100.0, set()), (100.5, {"caigou_events"}), (101.0, {"caigou_clocks"}), (103.0, set())):
        moment = now
        work(woken)
    assert ticked == [100.0, 101.0, 103.0]


def test_what_is_committed_while_the_worker_rests_is_heard_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[float] = []
    moment, delivered = 100.0, 1
    monkeypatch.setattr(worker, "run_clocks", lambda: 0)
    monkeypatch.setattr("caigou.jobs.outbox.deliver_due", lambda *, until: delivered)
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: moment, sleep=rested.append))
    work = worker.Deliverer()
    for now, found in ((100.0, 1), (100.02, 0), (100.03, 1), (105.0, 0)):
        moment, delivered = now, found
        work({"caigou_events"})
    assert rested == [0.0, pytest.approx(0.08), pytest.approx(0.07), 0.0]
