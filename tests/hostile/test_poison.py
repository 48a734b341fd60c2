"""One thing that can't be done must not keep others from being done: clocks, handlers, calls, imports."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from caigou.catalogue.models import ImportStatus, Product
from caigou.catalogue.services.imports import import_file
from caigou.jobs import calls, outbox, worker
from caigou.jobs.models import Call, Delivery
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen, now
from caigou.kernel.money import Money
from caigou.ledger.services import find_account, freeze
from caigou.orders.models import Order, OrderStatus
from caigou.orders.services.confirm import confirm_due
from caigou.payments.models import Recharge
from caigou.payments.services.recharge import ASK, ask_later, start_recharge
from tests.support.factories import make_buyer, make_deal, make_supplier

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_an_order_that_cannot_be_confirmed_does_not_stop_those_behind_it() -> None:
    with frozen(now() - timedelta(days=20)):
        stuck, free = make_deal().place_shipped(), make_deal().place_shipped()
    escrow = find_account("escrow", stuck.public_id, stuck.currency)
    assert escrow is not None
    freeze(escrow, reason="A court asked for it.", by=SYSTEM)

    assert confirm_due() == 1

    assert Order.objects.get(pk=stuck.pk).status == OrderStatus.SHIPPED
    assert Order.objects.get(pk=free.pk).status == OrderStatus.COMPLETED


#: What a fault may say: PostgreSQL stores neither of the two signs.
_UNSTORABLE = "a NUL \x00 and half a character \ud800"


@pytest.mark.django_db
def test_a_handler_whose_fault_cannot_be_stored_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    Delivery.objects.create(event="no.Such", payload={}, handler="nobody")

    def fail(_row: Delivery) -> Any:
        raise ValueError(_UNSTORABLE)

    monkeypatch.setattr(outbox, "_handler_of", fail)

    assert outbox.deliver_next()

    row = Delivery.objects.get()
    assert row.attempts == 1
    assert row.due_at > now() - timedelta(seconds=1)
    assert "half a character" in row.last_error


@pytest.mark.django_db
def test_a_call_whose_fault_cannot_be_stored_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_payload: dict[str, Any], _key: str) -> None:
        raise ValueError(_UNSTORABLE)

    monkeypatch.setattr(calls, "functions", lambda: {"test": fail})
    Call.objects.create(function="test", payload={})

    assert calls.make_one()

    row = Call.objects.get()
    assert (row.attempts, row.leased_until) == (1, None)
    assert "half a character" in row.last_error


def test_a_fault_in_one_round_of_the_worker_does_not_end_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls have a thread of their own: were it to end, recharges would never be credited, and nothing would tell."""
    monkeypatch.setattr(worker, "listen", lambda _hears: None)
    monkeypatch.setattr(worker, "_sleep", lambda _seconds: set())
    rounds: list[int] = []

    def work(_woken: set[str]) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ValueError("never seen before")

    thread = threading.Thread(target=worker._loop, args=(work, [], lambda: len(rounds) >= 3))
    thread.start()
    thread.join(20)

    assert len(rounds) == 3


def test_a_worker_whose_calls_have_ended_ends_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the supervisor starts another one: half a worker would look like a whole one."""

    def loop(_work: Any, _hears: Any, should_stop: Any) -> None:
        while threading.current_thread() is threading.main_thread() and not should_stop():
            time.sleep(0.01)

    monkeypatch.setattr(worker, "_loop", loop)

    with pytest.raises(RuntimeError):
        worker.run(lambda: False)


@pytest.mark.django_db
def test_a_payer_who_comes_back_again_and_again_makes_one_call() -> None:
    buyer = make_buyer()
    recharge = start_recharge(buyer.company, Money(10_00, "CNY"), gateway="sandbox", by=buyer.actor)
    other = start_recharge(buyer.company, Money(10_00, "CNY"), gateway="sandbox", by=buyer.actor)

    for _ in range(50):
        ask_later(Recharge.objects.get(pk=recharge.pk))
    ask_later(other)

    assert Call.objects.filter(function=ASK).count() == 2


@pytest.mark.django_db
def test_a_payer_who_comes_back_late_is_not_kept_waiting_by_an_old_call() -> None:
    buyer = make_buyer()
    recharge = start_recharge(buyer.company, Money(10_00, "CNY"), gateway="sandbox", by=buyer.actor)
    ask_later(recharge)
    Call.objects.update(due_at=now() + timedelta(hours=1), attempts=9)

    ask_later(recharge)

    assert Call.objects.get().due_at <= now()


def _row(column: str, nested: str) -> str:
    return f'{{"external_id":"A1","title_en":"Mug","moq":1,"price":"1.00","currency":"CNY","{column}":{nested}}}\n'


_DEEP = "[" * 100_000
_NESTED: list[tuple[str, str]] = [
    ("a.csv", f"external_id,title_en,moq,price,currency,attributes\nA1,Mug,1,1.00,CNY,{_DEEP}\n"),
    ("a.jsonl", _row("attributes", f'"{_DEEP}"')),
    *(
        ("a.jsonl", _row(column, "[" * depth + "]" * depth))
        for column in ("attributes", "tiers", "lead_days", "title_zh", "carton")
        for depth in (400, 900, 960, 980)
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content"), _NESTED, ids=range(len(_NESTED)))
def test_a_row_nested_without_end_costs_itself_only(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    run = import_file(path, by=SYSTEM, supplier=make_supplier().company.supplier)

    assert run.status == ImportStatus.DONE
    assert run.rows_refused + Product.objects.count() == 1
