"""What is remembered of the words of a catalogue, and what is not."""

from __future__ import annotations

from caigou.search.remembered import LONG, REMEMBERED, Remembered


def test_a_word_is_worked_out_once_but_item_numbers_and_long_texts_take_no_memory() -> None:
    asked: list[str] = []

    def make(text: str) -> str:
        asked.append(text)
        return text.upper()

    memory = Remembered(make)
    for _time in range(2):
        assert [memory[text] for text in ("mug", "x359831", "杯" * LONG)] == ["MUG", "X359831", "杯" * LONG]
    assert asked.count("mug") == 1
    assert list(memory) == ["mug"]


def test_a_full_memory_begins_anew() -> None:
    memory = Remembered(str.upper)
    for number in range(REMEMBERED + 1):
        assert memory[f"{number}cm"] == f"{number}CM"
    assert len(memory) == 1
