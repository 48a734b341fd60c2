"""Every search engine keeps the contract of ``caigou.search.ports.Index``: completions."""

from __future__ import annotations

from typing import Any

from caigou.search.ports import Document, Index

COMPLETED = (
    Document(id=301, title_en="Red glass vase", completions=["glass", "glass vase", "vase", "玻璃", "p boli\t玻璃"]),
    Document(id=302, title_en="Blue glass vase", completions=["glass", "glass vase", "vase"]),
    Document(id=303, title_en="Blue glass mug", completions=["glass", "glass mug", "mug", "g.*", "g*", "g_a%"]),
    Document(id=304, title_en="Nameless"),
)


def completed(index: Index, prefix: str, limit: int = 10, **asked: Any) -> list[tuple[str, int]]:
    return [(one.text, one.goods) for one in index.completions(prefix, limit, **asked)]


def test_completions_are_ranked_by_how_many_goods_have_them(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    expected = [("glass", 3), ("glass vase", 2), ("glass mug", 1)]
    assert completed(empty, "gl") == expected
    assert completed(empty, "gl", 2) == expected[:2]
    assert completed(empty, "glass v") == [("glass vase", 2)]
    assert completed(empty, "玻") == [("玻璃", 1)]
    assert completed(empty, "p bo") == [("p boli\t玻璃", 1)]
    assert completed(empty, "v") == [("vase", 2)]


def test_a_prefix_is_taken_letter_by_letter(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    assert completed(empty, "g.") == [("g.*", 1)]
    assert completed(empty, "g*") == [("g*", 1)]
    for prefix in ("", ".", "*", "?", "%", "_", "[", "g[", "(", "\\", '"', "a|v", "GLASS", "lass", "\x00", "x" * 5_000):
        assert completed(empty, prefix) == []


def test_completions_within_words_count_only_goods_that_those_find(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    assert completed(empty, "glass ", within="blue") == [("glass mug", 1), ("glass vase", 1)]
    assert completed(empty, "v", within="red") == [("vase", 1)]
    assert completed(empty, "v", within="mug") == []


def test_goods_that_are_gone_or_changed_complete_nothing(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    empty.write([Document(id=302, title_en="Blue jar", completions=["glass", "jar"])], gone=[303])
    assert completed(empty, "gl") == [("glass", 2), ("glass vase", 1)]
    assert completed(empty, "j") == [("jar", 1)]
    assert completed(empty, "m") == []
