"""Does the name on an instrument belong to the company? A ladder of rules, the first that holds decides (A11).

| step | rule | result |
|---|---|---|
| ``exact`` | equal after normalising: width, case, accents, punctuation | match |
| ``form`` | equal without the legal form (Ltd, GmbH, 有限公司) | match |
| ``words`` | the same words in another order | match |
| ``sound`` | one is the other in pinyin | match |
| ``part`` | all words of the shorter are in the longer, at least two, or half of its letters | close |
| ``slip`` | one letter in eight differs at most | close |
| ``none`` | nothing of it | mismatch |

A close name may be used and is shown to staff; a mismatch waits for a person. The rules look at words only: they say
nothing about whether the money is clean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from caigou.search.sounds import syllables

Match = Literal["match", "close", "mismatch"]
Step = Literal["exact", "form", "words", "sound", "part", "slip", "none"]
_FORMS: Final = frozenset(
    (  # noqa: SIM905 - a list of words reads better as words
        "ltd limited inc incorporated corp corporation co company llc llp plc gmbh ag kg ohg ug sa sas sarl srl spa"
        " bv nv ab as oy aps pty pte sdn bhd kk lda ltda eirl"
    ).split()
)
_FORMS_ZH: Final = re.compile(r"(股份)?(有限)?(责任)?公司$|集团$|商行$|个体工商户$")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
#: Names are compared up to this length; a longer one is nobody's.
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What the ladder found, and on which step."""

    match: Match
    step: Step


def compare(holder: str, *names: str) -> Finding:
    """Return the best finding of the holder's name against the company's names.

    >>> compare("HARBOUR AND PINE PTY. LTD.", "Harbour & Pine Pty Ltd")
    Finding(match='match', step='exact')
    >>> compare("Pine Harbour", "Harbour & Pine"), compare("青窑陶瓷有限公司", "", "青窑陶瓷")
    (Finding(match='match', step='words'), Finding(match='match', step='form'))
    >>> compare("Qingyao Taoci", "", "青窑陶瓷"), compare("Hannah Park", "Harbour & Pine")
    (Finding(match='match', step='sound'), Finding(match='mismatch', step='none'))
    """
    ranks: list[Match] = ["match", "close", "mismatch"]
    found = [_one(holder[:LONGEST], name[:LONGEST]) for name in names if name.strip()]
    return min(found, key=lambda one: ranks.index(one.match), default=Finding("mismatch", "none"))


def _one(holder: str, name: str) -> Finding:
    ours, theirs = _words(name), _words(holder)
    if not ours or not theirs:
        return Finding("mismatch", "none")
    bare_ours, bare_theirs = _bare(ours), _bare(theirs)
    if ours == theirs:
        return Finding("match", "exact")
    if not bare_ours or not bare_theirs:
        return Finding("mismatch", "none")
    rungs: tuple[tuple[Step, bool], ...] = (
        ("form", bare_ours == bare_theirs),
        ("words", sorted(bare_ours) == sorted(bare_theirs)),
        ("sound", _said(bare_ours) == _said(bare_theirs)),
    )
    step = next((step for step, holds in rungs if holds), None)
    return Finding("match", step) if step else _nearly(bare_ours, bare_theirs)


def _nearly(ours: list[str], theirs: list[str]) -> Finding:
    less, more = sorted((ours, theirs), key=lambda words: len("".join(words)))
    shorter, longer = "".join(less), "".join(more)
    if set(less) <= set(more) and (len(less) >= 2 or len(shorter) * 2 >= len(longer)):
        return Finding("close", "part")
    if _HAN.search(shorter) and shorter in longer and len(shorter) * 2 >= len(longer):
        return Finding("close", "part")
    said = (_said(ours), _said(theirs))
    if len(min(said, key=len)) >= 6 and SequenceMatcher(None, *said, autojunk=False).ratio() >= 0.9375:
        return Finding("close", "slip")
    return Finding("mismatch", "none")


def _words(name: str) -> list[str]:
    """Return the words, folded: width, case and accents don't count, nor signs between words; & is and."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"[.'’]", "", plain)
    return re.findall(r"[\u4e00-\u9fff]+|\w+", re.sub(r"([\u4e00-\u9fff]+)", r" \1 ", plain))


def _bare(words: list[str]) -> list[str]:
    """Return the words without legal forms, and without "and", which banks leave out."""
    kept = [word for word in words if word not in _FORMS and word != "and"]
    return [bare for word in kept if (bare := _FORMS_ZH.sub("", word))]


def _said(words: list[str]) -> str:
    """Return the letters as they are said: Chinese in pinyin, all in one."""
    return "".join("".join(syllables(word)) if _HAN.fullmatch(word) else word for word in words)
