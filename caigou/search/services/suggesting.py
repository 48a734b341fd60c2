"""Complete what somebody is typing into the search box (F4): words that find goods, categories, suppliers.

Everything comes out of the index, where only goods stand that everyone may see; names of suppliers are read anew from
PostgreSQL. A look-up costs some tenths of a millisecond and is remembered until the next change of the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language

from caigou.catalogue.models import Supplier
from caigou.catalogue.tree import Branch, tree
from caigou.kernel.recent import Recent
from caigou.search.completing import CATEGORY, MEANS, SOUND, SUPPLIER, WORDS, key_of, sound_of
from caigou.search.engine import index
from caigou.search.labels import label_of
from caigou.search.lexicon import lexicon
from caigou.search.text import has_han, stem

#: No more than these are suggested at once; more are not read while typing.
MOST_WORDS, MOST_CATEGORIES, MOST_SUPPLIERS = 6, 2, 2
#: More that is typed is no search for a word.
MAX_TYPED = 80
#: One letter begins everything; one Chinese character says a lot.
LEAST_LETTERS = 2
#: Words that are looked up for each that is shown: plurals and other forms of one word are shown once.
_SPARE = 3
#: Words of one sound that are looked through for those that are written as typed.
_ALIKE = 100


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line below the search box. ``goods`` have it, at least one.

    ``text`` is what is searched for, or the name in the reader's language; ``ident`` is the slug of a category or the
    public id of a supplier.
    """

    kind: Literal["words", "category", "supplier"]
    text: str
    goods: int
    ident: str = ""


def suggest(typed: str) -> list[Suggestion]:
    """Return what ``typed`` may become, words first, each group by how many goods have it (F4).

    Empty for what is too short, too long or unknown. Asks PostgreSQL only where a supplier is named so, and once a
    minute for the tree of categories. Raises ``IndexNotReady``.
    """
    key = key_of(typed[: MAX_TYPED + 1])
    if len(typed) > MAX_TYPED or not (has_han(key) or len(key) >= LEAST_LETTERS):
        return []
    return [*_words(key, typed), *_categories(key), *_suppliers(key)]


# --- words ------------------------------------------------------------------------------------------------------------
def _words(key: str, typed: str) -> list[Suggestion]:
    """Return words and phrases that begin so, then those that sound so, then what goods of the first words have."""
    open_end = key + " " if typed[-1:].isspace() and not has_han(key[-1:]) else key
    sources: list[tuple[Callable[[str], Iterable[Suggestion]], str]] = [
        (_written, open_end),
        (_by_sound, key),
        (_last_word, open_end),
    ]
    if _is_chinese():
        sources[:2] = sources[1::-1]
    found: dict[object, Suggestion] = {_form(key): Suggestion("words", key, 1)}  # what stands there already
    for source, asked in sources:
        for suggestion in source(asked):
            found.setdefault(_form(suggestion.text), suggestion)
        if len(found) > MOST_WORDS:
            break
    return list(found.values())[1 : MOST_WORDS + 1]


def _form(text: str) -> object:
    """Return what all forms of the same words have in common."""
    return tuple(word if has_han(word) else stem(word) for word in key_of(text).split(" "))


def _looked_up(prefix: str, *, most: int = MOST_WORDS * _SPARE, within: str = "") -> Iterator[Suggestion]:
    for one in index().completions(prefix, most, within=within):
        typed, _tab, meant = one.text.partition(MEANS)
        yield Suggestion("words", meant or typed.removeprefix(WORDS), one.goods)


def _written(key: str, *, within: str = "") -> list[Suggestion]:
    """Return what is written so; Chinese stands in the index by its sound, and other words sound the same."""
    found = list(_looked_up(WORDS + key, within=within))
    if sound := sound_of(key):
        alike = _looked_up(SOUND + sound, most=_ALIKE, within=within)
        found += [one for one in alike if one.text.startswith(key)]
    return sorted(found, key=lambda one: -one.goods)


def _by_sound(key: str) -> Iterable[Suggestion]:
    """Return Chinese words whose pinyin begins so, written with or without blanks."""
    sound = key.replace(" ", "")
    return _looked_up(SOUND + sound) if sound.isascii() and sound.isalpha() else ()


def _last_word(key: str) -> Iterator[Suggestion]:
    """Complete the last word alone, by goods that a search for the words before it finds."""
    head, last = _split(key)
    if head and last:
        blank = "" if has_han(last[:1]) and has_han(head[-1:]) else " "
        for one in _written(last, within=head):
            yield Suggestion("words", head + blank + one.text, one.goods)


def _split(key: str) -> tuple[str, str]:
    """Return what stands before the last word, and that word; it must be worth completing."""
    head, _blank, last = key.rpartition(" ")
    if has_han(last):
        tokens = lexicon().tokens(last)
        before = "".join(token.text for token in tokens[:-1])
        return f"{head} {before}".strip(), tokens[-1].text
    return head, last if len(last) >= LEAST_LETTERS else ""


# --- categories and suppliers -----------------------------------------------------------------------------------------
def _read_names() -> list[tuple[str, str]]:
    """Return (what is typed, slug) of all categories: both names from each of their words on, Chinese by sound, too."""
    found: list[tuple[str, str]] = []
    waiting = list(tree().tops)
    while waiting:
        branch = waiting.pop(0)
        waiting += tree().below(branch.slug)
        found += [(typed, branch.slug) for typed in dict.fromkeys(_typed_names(branch)) if typed]
    return found


def _typed_names(branch: Branch) -> Iterator[str]:
    for name in (branch.name_en, branch.name_zh):
        words = key_of(name).split(" ")
        for start in range(len(words)):
            rest = " ".join(words[start:])
            yield from (rest, sound_of(rest))


_names: Recent[list[tuple[str, str]]] = Recent(_read_names, seconds=60)


def _categories(key: str) -> list[Suggestion]:
    """Return categories that have goods and are named so in either language."""
    sound = key.replace(" ", "")
    slugs = dict.fromkeys(slug for typed, slug in _names() if typed.startswith((key, sound)))
    found: list[Suggestion] = []
    for slug in slugs:
        goods = index().completions(f"{CATEGORY}{slug}{MEANS}", 1)
        found += [Suggestion("category", str(label_of("category", slug)), one.goods, slug) for one in goods]
        if len(found) == MOST_CATEGORIES:
            break
    return sorted(found, key=lambda one: -one.goods)


def _suppliers(key: str) -> list[Suggestion]:
    """Return suppliers that have goods and are named so, under their name of today."""
    goods: dict[str, int] = {}
    for prefix in dict.fromkeys((key, key.replace(" ", ""), sound_of(key))):
        for one in index().completions(SUPPLIER + prefix, MOST_SUPPLIERS * _SPARE) if prefix else ():
            goods.setdefault(one.text.partition(MEANS)[2], one.goods)
    if not goods:
        return []
    columns = ("public_id", "company__name_en", "company__name_zh")
    rows = Supplier.objects.filter(public_id__in=goods).values_list(*columns)
    names = {ident: (en, zh) for ident, en, zh in rows if not has_han(key) or key in key_of(zh)}
    best = sorted(names, key=lambda ident: -goods[ident])[:MOST_SUPPLIERS]
    return [Suggestion("supplier", _own_word(*names[ident]), goods[ident], ident) for ident in best]


def _own_word(english: str, chinese: str) -> str:
    return (chinese or english) if _is_chinese() else (english or chinese)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
