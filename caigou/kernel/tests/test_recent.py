"""What a process remembers for some seconds."""

from __future__ import annotations

from caigou.kernel.recent import Recent


class Source:
    def __init__(self) -> None:
        self.asked, self.at = 0, 0.0

    def load(self) -> int:
        self.asked += 1
        return self.asked

    def clock(self) -> float:
        return self.at


def recent(source: Source) -> Recent[int]:
    return Recent(source.load, seconds=5, clock=source.clock)


def test_it_is_loaded_once_and_again_when_five_seconds_have_passed() -> None:
    source = Source()
    value = recent(source)
    assert (value(), value()) == (1, 1)
    source.at = 4.9
    assert value() == 1
    source.at = 5
    assert value() == 2


def test_who_forgets_sees_the_new_value_at_once() -> None:
    source = Source()
    value = recent(source)
    value()
    value.forget()
    assert value() == 2


def test_what_was_being_loaded_while_somebody_forgot_is_not_kept() -> None:
    def load() -> int:
        asked.append(1)
        if len(asked) == 1:
            value.forget()
        return len(asked)

    asked: list[int] = []
    value: Recent[int] = Recent(load, seconds=5)
    assert value() == 1
    assert value() == 2
