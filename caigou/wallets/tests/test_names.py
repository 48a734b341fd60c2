"""The ladder of names: what is the same, what is close, what is somebody else."""

from __future__ import annotations

import pytest

from caigou.wallets.names import compare


@pytest.mark.parametrize(
    ("holder", "names", "match", "step"),
    [
        ("harbour & pine", ("Harbour & Pine",), "match", "exact"),
        ("ＨＡＲＢＯＵＲ ＡＮＤ ＰＩＮＥ", ("Harbour & Pine",), "match", "exact"),
        ("Café Müller", ("CAFE MULLER",), "match", "exact"),
        ("Harbour Pine Pty Ltd", ("Harbour & Pine",), "match", "form"),
        ("义乌青窑陶瓷有限公司", ("", "义乌青窑陶瓷"), "match", "form"),
        ("Pine, Harbour", ("Harbour & Pine",), "match", "words"),
        ("Yiwu Qingyao Taoci Co., Ltd.", ("", "义乌青窑陶瓷"), "match", "sound"),
        ("王芳", ("Wang Fang",), "match", "sound"),
        ("Harbour & Pine Trading", ("Harbour & Pine",), "close", "part"),
        ("青窑陶瓷", ("义乌青窑陶瓷",), "close", "part"),
        ("Habour Pine", ("Harbour & Pine",), "close", "slip"),
        ("Pine", ("Harbour & Pine",), "mismatch", "none"),
        ("Hannah Park", ("Harbour & Pine", "海港与松"), "mismatch", "none"),
        ("Li Na", ("Li Ma",), "mismatch", "none"),
        ("Ltd", ("Ltd Co",), "mismatch", "none"),
        ("", ("Harbour & Pine",), "mismatch", "none"),
        ("🙂", ("Harbour & Pine",), "mismatch", "none"),
    ],
)
def test_the_first_rung_that_holds_decides(holder: str, names: tuple[str, ...], match: str, step: str) -> None:
    found = compare(holder, *names)
    assert (found.match, found.step) == (match, step)


def test_the_better_of_two_names_counts() -> None:
    assert compare("青窑陶瓷", "Qingyao Something Else", "青窑陶瓷").match == "match"
