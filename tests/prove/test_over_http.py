"""The judge of the bank test over HTTP sees what is wrong: all done well, and each thing done otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from prove.over_http.judge import Judge
from prove.over_http.plan import BUYERS, SUPPLIERS, Life, Step, life, steps
from prove.over_http.shopper import Told
from prove.over_http.world import Member, World

SEED, SEQUENCES = 5, 60
WORLD = World(
    [Member(f"buyer-{place}", "", "") for place in range(BUYERS)],
    [Member(f"supplier-{place}", "", "") for place in range(SUPPLIERS)],
    [""] * SEQUENCES,
)
Row = tuple[Any, ...]


class House:
    """A product that does each wish as it should, for buyers who always have enough, and the books of that."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.rows: list[Row] = []
        self.states: dict[str, str] = {}
        for number in range(SEQUENCES):
            of = life(SEED, number)
            for step in steps(of):
                self.told += [self._answer(of, step, place) for place in (0, 1)]

    def _answer(self, of: Life, step: Step, place: int) -> Told:
        verb = "ship" if of.end == "rivals" and step.verb == "cancel" and place else step.verb
        status, state = 200, self._done(of, verb) if not step.twist else self._state(of, verb)
        subject = f"{'r' if verb in {'recharge', 'pay_in', 'arrive'} else 'o'}{of.number}"
        if step.twist == "altered":
            status, state = 422, "idempotency_mismatch"
        elif step.twist == "other_key" and verb == "recharge":
            subject += "-other"
        elif state in {"wrong_amount", "illegal_move"}:
            status = 422
        digest = f"{verb}-{status}-{step.twist == 'altered'}"
        return Told(of.number, step.number, status, state, subject, step.twist == "again", digest, verb)

    def _state(self, of: Life, verb: str) -> str:
        """Return what a wish is answered with, again and again: rivals are won by who cancels."""
        state = {"pay_in": "", "arrive": "paid" if of.pays_in else "failed", "recharge": "started"}
        state |= {"place": "placed", "pay_wrong": "wrong_amount", "pay": "paid", "cancel": "cancelled"}
        lost = of.end in {"rivals", "too_early"}
        return {**state, "ship": "illegal_move" if lost else "shipped"}.get(
            verb, "illegal_move" if lost else "completed"
        )

    def _done(self, of: Life, verb: str) -> str:
        """Do a wish once, however often it comes."""
        wallet, escrow = ("wallet", f"buyer-{of.buyer}"), ("escrow", f"o{of.number}")
        earned, order = ("supplier_payable", f"supplier-{of.supplier}"), f"o{of.number}"
        state = self._state(of, verb)
        if verb == "arrive" and of.pays_in:
            self._post(("recharge", f"r{of.number}", "P"), ("gateway_clearing", "sandbox"), wallet, of.recharge_minor)
        elif verb == "pay":
            self._post(("order.hold", f"q{of.number}", "H"), wallet, escrow, of.total_minor)
            self._post(("order.paid", order, "C"), wallet, escrow, of.total_minor)
        elif state == "cancelled":
            self._post(("order.refunded", order, "P"), escrow, wallet, of.total_minor)
        elif state == "completed":
            self._post(("order.released", order, "P"), escrow, earned, of.total_minor)
        if state in {"placed", "paid", "shipped", "completed", "cancelled"} and verb != "arrive":
            self.states[order] = state
        return state

    def _post(self, fact: tuple[str, str, str], debit: Row, credit: Row, minor: int) -> None:
        if fact[:2] not in {(row[1], row[2]) for row in self.rows}:
            self.rows.append((len(self.rows) + 1, *fact, *debit, *credit, "CNY", minor))

    def execute(self, query: bytes | str) -> Any:
        text = query if isinstance(query, str) else query.decode()
        if "audit" in text or "verify_chain" in text:
            return _Rows([])
        if "payments_paymentrequest" in text:
            return _Rows([(f"q{number}", f"o{number}") for number in range(SEQUENCES)])
        if "orders_order" in text:
            return _Rows(list(self.states.items()))
        if "ledger.journal" in text:
            return _Rows(self.rows)
        figures = self._figures()
        if "IN ('wallet'" in text:
            mine = {"wallet", "supplier_payable"}
            return _Rows([(*n, f[1] - f[0], f[2]) for n, f in figures.items() if n[0] in mine])
        return _Rows([(*name, "CNY", *four, False, "C") for name, four in figures.items()])

    def _figures(self) -> dict[Row, list[int]]:
        found: dict[Row, list[int]] = {}
        for _journal, _purpose, _source, kind, *names, _currency, minor in self.rows:
            posted, held = {"P": (1, 0), "H": (0, 1), "C": (1, -1), "R": (0, -1)}[kind]
            for place, name in enumerate((tuple(names[:2]), tuple(names[2:]))):
                four = found.setdefault(name, [0, 0, 0, 0])
                four[place] += posted * minor
                four[place + 2] += held * minor
        return found


class _Rows(list[Row]):
    def fetchall(self) -> list[Row]:
        return self


def _broken(house: House) -> Counter[str]:
    return Judge(SEED, SEQUENCES, WORLD, house).judge(house.told).broken  # type: ignore[arg-type]


def test_the_judge_finds_nothing_where_all_was_done_well() -> None:
    assert _broken(House()) == {}


def test_a_sequence_is_the_same_for_who_asks_and_who_judges() -> None:
    lives = [life(SEED, number) for number in range(300)]
    life.cache_clear()
    assert [life(SEED, number) for number in range(300)] == lives
    assert {of.end for of in lives} == {"cancel", "complete", "rivals", "too_early", "leave"}
    assert {of.pays_in for of in lives} == {True, False}
    twists = Counter(step.twist for of in lives for step in steps(of) if step.twist)
    assert twists == {"again": 300, "altered": 300, "other_key": 300}


def _without(purpose: str) -> Callable[[House], None]:
    def spoil(house: House) -> None:
        gone = next(row for row in house.rows if row[1] == purpose)
        house.rows.remove(gone)

    return spoil


def _twice(purpose: str) -> Callable[[House], None]:
    def spoil(house: House) -> None:
        row = next(row for row in house.rows if row[1] == purpose)
        house.rows.append((10**6, row[1], f"{row[2]}-again", *row[3:]))

    return spoil


def _for_one_fen_more(purpose: str) -> Callable[[House], None]:
    def spoil(house: House) -> None:
        place = next(place for place, row in enumerate(house.rows) if row[1] == purpose)
        house.rows[place] = (*house.rows[place][:-1], house.rows[place][-1] + 1)

    return spoil


def _answering(twist: str, **otherwise: Any) -> Callable[[House], None]:
    def spoil(house: House) -> None:
        place = next(
            place
            for place, told in enumerate(house.told)
            if next(step for step in steps(life(SEED, told.sequence)) if step.number == told.number).twist == twist
            and told.verb == "pay"
        )
        house.told[place] = house.told[place]._replace(**otherwise)

    return spoil


def _unpaid_credit(house: House) -> None:
    of = next(of for of in (life(SEED, number) for number in range(SEQUENCES)) if not of.pays_in)
    wallet = ("wallet", f"buyer-{of.buyer}")
    house.rows.append(
        (10**6, "recharge", f"r{of.number}", "P", "gateway_clearing", "sandbox", *wallet, "CNY", of.recharge_minor)
    )


def _silent(house: House) -> None:
    first = house.told[0]
    house.told = [told for told in house.told if (told.sequence, told.number) != (first.sequence, first.number)]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        pytest.param(_without("order.paid"), "confirmed_and_lost", id="a payment is lost"),
        pytest.param(_without("recharge"), "confirmed_and_lost", id="a recharge is lost"),
        pytest.param(_without("order.refunded"), "confirmed_and_lost", id="a refund is lost"),
        pytest.param(_without("order.released"), "confirmed_and_lost", id="a release is lost"),
        pytest.param(_twice("order.paid"), "posted_but_never_asked", id="paid twice"),
        pytest.param(_twice("order.refunded"), "minor_units_lost_or_made", id="refunded twice"),
        pytest.param(_for_one_fen_more("order.released"), "posted_otherwise", id="another sum"),
        pytest.param(_for_one_fen_more("recharge"), "minor_units_lost_or_made", id="a cent made"),
        pytest.param(_unpaid_credit, "credited_without_payment", id="credited without payment"),
        pytest.param(_answering("altered", status=200, state="paid"), "altered_not_refused", id="altered"),
        pytest.param(_answering("again", digest="x"), "repeat_answered_otherwise", id="another answer"),
        pytest.param(_answering("again", replayed=False), "repeat_answered_otherwise", id="not replayed"),
        pytest.param(_answering("other_key", subject="o9999"), "other_key_did_it_again", id="done again"),
        pytest.param(_silent, "never_answered", id="never answered"),
    ],
)
def test_the_judge_sees_that(spoil: Callable[[House], None], found: str) -> None:
    house = House()
    spoil(house)
    assert found in _broken(house)
