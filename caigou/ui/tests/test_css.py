"""The style sheet keeps the rules of the look: tokens, contrast, logical properties, one file made from its parts."""

from __future__ import annotations

import re

import pytest

from caigou.ui import bundle

_TOKENS = (bundle.CSS / "tokens.css").read_text(encoding="utf-8")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PROPERTY = re.compile(r"(--[a-z0-9-]+)\s*:\s*([^;]+);")

#: Where words stand on what: (word, ground). AA asks 4.5 for text.
_GROUNDS = ("canvas", "surface", "sunk")
_TEXT = ("ink", "ink-2", "ink-3", "accent", "seal", "estimate", "held", "due", "ok", "bad")
_TONES = ("accent", "seal", "estimate", "held", "due", "ok", "bad")
PAIRS = [
    *((word, ground) for word in _TEXT for ground in _GROUNDS),
    *((tone, f"{tone}-soft") for tone in _TONES),
    *(("ink", f"{tone}-soft") for tone in _TONES),
    *(("accent", f"{tone}-soft") for tone in ("due", "held", "ok", "bad")),  # links in a note
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-seal", "seal-fill"),
    ("surface", "due"),  # the figure in a count
    ("ink", "raised"),
    ("ink-2", "raised"),
]
#: Edges of controls and glyphs: 3.
EDGES = [("line-strong", ground) for ground in _GROUNDS] + [("seal-fill", ground) for ground in _GROUNDS]


def _sources() -> dict[str, str]:
    return {name: _COMMENT.sub("", (bundle.CSS / f"{name}.css").read_text(encoding="utf-8")) for name in bundle.order()}


def _block(css: str, opening: str) -> str:
    """Return what stands between the braces that follow ``opening``."""
    start = css.index(opening) + len(opening)
    depth, at = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(css[at], 0)
        at += 1
    return css[start : at - 1]


def _properties(block: str) -> dict[str, str]:
    return {name: value.strip() for name, value in _PROPERTY.findall(_COMMENT.sub("", block))}


def _light() -> dict[str, str]:
    return _properties(_block(_TOKENS, "\n  :root {"))


def _dark() -> dict[str, str]:
    return _light() | _properties(_block(_TOKENS, ':root[data-theme="dark"] {'))


def _luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB by the formula of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), PAIRS)
def test_words_can_be_read_on_every_ground(theme: str, word: str, ground: str) -> None:
    tokens = _light() if theme == "light" else _dark()
    assert _contrast(tokens[f"--{word}"], tokens[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(theme: str, edge: str, ground: str) -> None:
    tokens = _light() if theme == "light" else _dark()
    assert _contrast(tokens[f"--{edge}"], tokens[f"--{ground}"]) >= 3


def test_both_dark_blocks_are_equal() -> None:
    by_system = _properties(_block(_TOKENS, ':root:not([data-theme="light"]) {'))
    by_choice = _properties(_block(_TOKENS, ':root[data-theme="dark"] {'))
    assert by_system == by_choice


def test_dark_sets_every_colour_that_light_sets() -> None:
    colours = {name for name, value in _light().items() if value.startswith(("#", "rgb"))}
    assert colours <= _properties(_block(_TOKENS, ':root[data-theme="dark"] {')).keys()


def test_the_served_file_is_made_from_its_parts() -> None:
    assert bundle.TARGET.read_text(encoding="utf-8") == bundle.build(), "run: python -m caigou.ui.bundle"


def test_colours_stand_in_the_tokens_only() -> None:
    for name, css in _sources().items():
        if name not in {"tokens", "hues", "print"}:
            assert not re.search(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(|\bhsla?\(", css), name


def test_only_logical_properties() -> None:
    physical = re.compile(
        r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|width|height"
        r"|(?:min|max)-(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)\s*:|text-align\s*:\s*(?:left|right)"
    )
    for name, css in _sources().items():
        assert not physical.findall(css), name


def test_every_used_token_exists() -> None:
    everything = "\n".join(_sources().values())
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", everything))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", everything))
    assert used <= defined


def test_every_file_keeps_to_its_layer() -> None:
    layers = {"reset": "reset", "tokens": "tokens", "hues": "tokens", "print": "tokens", "base": "base"}
    for name, css in _sources().items():
        wanted = layers.get(name, "utilities" if name == "utilities" else "components")
        assert re.findall(r"@layer ([a-z]+)", css) == [wanted], name
        assert css.count("{") == css.count("}"), name


def test_nothing_blinks_and_motion_ends_with_the_readers_wish() -> None:
    for name, css in _sources().items():
        assert "@keyframes" not in css, name
        assert "animation" not in css, name
        for transition in re.findall(r"transition:\s*([^;]+);", css):
            assert "var(--quick)" in transition or "var(--calm)" in transition, name


def test_text_is_never_smaller_than_the_bottom_bars() -> None:
    for name, css in _sources().items():
        for size in re.findall(r"font-size:\s*(\.\d+|\d+\.?\d*)rem", css):
            assert float(size) >= 0.6875, name
