"""Every component shows in both languages, without inline style or script, and says what its colours say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from caigou.kernel import clock
from caigou.kernel.actor import Actor, Role
from caigou.kernel.money import Money
from caigou.ui import context, icons, nav, pics, shapes
from caigou.ui.parts import PartsForm, parts_context
from caigou.ui.reader import Reader
from caigou.ui.templatetags import ui

TEMPLATES = Path(__file__).parent.parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
LANGUAGES = ["en", "zh-hans"]

pytestmark = pytest.mark.urls("caigou.ui.tests.addresses")


def _request(role: str = "buyer", path: str = "/parts/?q=mug&page=2") -> Any:
    request: Any = RequestFactory().get(path)
    request.actor = Actor(role=cast(Role, role)) if role else None
    request.user = SimpleNamespace(name="Hannah Park", email="h@example.com")
    request.nav_counts = {"inquiries": 3}
    request.reader = Reader("USD", "KE")
    return request


def _draw(source: str, **values: Any) -> str:
    return Template("{% load i18n ui %}" + source).render(Context({"request": _request(), **values})).strip()


def _parts(role: str = "buyer") -> str:
    return render_to_string("ui/parts.html", parts_context(), request=_request(role))


@pytest.mark.parametrize("name", NAMES)
def test_every_template_parses(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["buyer", "supplier", "staff", ""])
def test_the_page_of_parts_shows_in_both_languages_to_every_role(language: str, role: str) -> None:
    with translation.override(language):
        page = _parts(role)
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page
    assert page.count("<h1") == 1
    assert page.count("<main") == 1


def test_every_tag_and_component_is_in_the_docs() -> None:
    words = (Path(__file__).parents[3] / "docs" / "components.md").read_text(encoding="utf-8")
    for name in [*ui.register.tags, *ui.register.filters]:
        assert re.search(rf"(?:{{% |\|){name}\b", words), name
    for included in re.findall(r"ui/([a-z_]+)\.html", words):
        assert (TEMPLATES / "ui" / f"{included}.html").is_file(), included


def test_every_component_is_on_the_page_of_parts() -> None:
    shown = set(re.findall(r'class="([a-z]+)[ "]', _parts() + _parts("staff")))
    styled = {path.stem for path in (TEMPLATES.parent / "static" / "ui" / "css").glob("*.css")}
    drawn = {path.stem for path in (TEMPLATES / "ui").glob("*.html")} | {"money", "state", "icon", "pic", "tick"}
    assert (styled & drawn) - {"base", "pager"} <= shown


@pytest.mark.parametrize("name", NAMES)
def test_templates_hold_no_inline_style_script_or_colour(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src=)|#[0-9A-Fa-f]{6}\b", text)


@pytest.mark.parametrize("name", NAMES)
def test_states_are_never_written_into_a_class_by_a_template(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not [names for names in re.findall(r'class="([^"]*)"', text) if "{%" in names or "{{" in names]


def test_every_chip_has_glyph_and_word() -> None:
    for chip in re.findall(r'<span class="state"[^>]*>(.*?)</span></span>', _parts(), re.DOTALL):
        assert "<svg" in chip
        assert re.sub(r"<[^>]+>", "", chip).strip()


def test_ids_are_unique_and_labels_point_at_something() -> None:
    page = _parts()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\sfor="([^"]+)"', page)) <= set(ids)
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        assert set(described.split()) <= set(ids)


def test_the_frame_stands_without_any_context() -> None:
    page = get_template("ui/base.html").render({})
    assert "<main" in page


def test_the_menu_of_each_role() -> None:
    for role, words in {
        "buyer": ["Find", "Messages", "Orders", "Money", "Me"],
        "supplier": ["Desk", "Requests", "Orders", "Goods", "Money"],
        "staff": ["Overview", "Imports", "Orders"],
        "": ["Find"],
    }.items():
        assert [str(link.word) for link in context.page(_request(role))["nav"]] == words


@pytest.mark.urls("caigou.config.urls")
def test_every_place_of_every_menu_exists_in_the_house() -> None:
    for role, places in nav.PLACES.items():
        found = nav.links(role, here="", counts={}, rights={"finance", "owner"})
        assert [link.word for link in found] == [place.word for place in places], role


def test_a_visitor_sees_sign_in_and_no_persons_menu() -> None:
    page = _parts("")
    assert 'href="/in/"' in page
    assert 'class="person"' not in page
    assert 'class="bottom"' not in page


def test_the_demonstration_is_marked(settings: Any) -> None:
    settings.CAIGOU_DEMO = True
    assert "Demonstration" in _parts()
    settings.CAIGOU_DEMO = False
    assert "Demonstration" not in _parts()


def test_how_sure_a_figure_is_shows() -> None:
    price = Money(12_60, "CNY")
    assert _draw("{% money m %}", m=price) == '<bdi class="money" data-sure="listed">¥12.60</bdi>'
    assert "≈ ¥12.60" in _draw('{% money m "estimate" %}', m=price)
    assert "¥12.60–13.00" in _draw("{% money m to=n %}", m=price, n=Money(13_00, "CNY"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_price_is_said_in_words_and_never_as_zero(language: str) -> None:
    with translation.override(language):
        drawn = _draw("{% money m %}", m=None)
    assert 'data-sure="unpriced"' in drawn
    assert not re.search(r"[0¥–]", re.sub(r"<[^>]+>", "", drawn))
    assert "Freight not quoted yet" in _draw('{% money None words="Freight not quoted yet" %}')


def test_words_of_people_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for source in (
        "{% bilingual w w %}",
        "{% state 'due' 'clock' w %}",
        "{% money None words=w %}",
        "{% seal '定' w %}",
        "{% card w %}{{ w }}{% endcard %}",
        "{% note 'due' title=w %}{{ w }}{% endnote %}",
        "{% button w name=w value=w %}",
        "{% lines w w %}",
        "{% decide w facts=w %}{% enddecide %}",
    ):
        assert "<script>" not in _draw(source, w=evil), source


def test_the_readers_language_stands_first_and_both_are_tagged() -> None:
    with translation.override("zh-hans"):
        drawn = _draw('{% bilingual "Mug" "马克杯" %}')
    assert drawn.index("马克杯") < drawn.index("Mug")
    assert 'lang="zh-Hans">马克杯' in drawn
    assert 'lang="en">Mug' in drawn


def test_a_missing_language_shows_only_what_there_is() -> None:
    assert _draw('{% bilingual "" "马克杯" %}') == '<span class="bilingual" lang="zh-Hans">马克杯</span>'
    assert _draw('{% own_words "" "马克杯" %}') == '<span lang="zh-Hans">马克杯</span>'
    assert _draw('{% bilingual "" "" %}') == ""


def test_verified_marks_need_unexpired_evidence() -> None:
    def draw(qualification: str, kind: str = "factory") -> str:
        supplier = SimpleNamespace(valid_qualification=qualification, kind=kind, verified_until=date(2027, 3, 31))
        return _draw("{% supplier_mark s %}", s=supplier)

    assert "Verified factory, to Mar 2027" in draw("verified_factory")
    assert "Licence checked" in draw("licence_checked")
    assert "Trader, licence checked" in draw("licence_checked", "trader")
    assert "Not verified" in draw("none")
    assert "Trader" in draw("none", "trader")
    assert "Not verified" in draw("none", "trader")
    assert "Not verified" not in draw("licence_checked", "trader")
    assert "Verified" not in draw("none")


def test_a_seal_says_in_words_what_its_character_means() -> None:
    drawn = _draw('{% seal "定" "Offer accepted" %}')
    assert 'lang="zh-Hans" aria-hidden="true">定' in drawn
    assert "Offer accepted" in drawn


def test_a_drawing_of_an_unknown_key_is_a_carton_and_no_key_leads_out_of_the_folder() -> None:
    carton = pics.drawing(pics.FALLBACK)
    assert carton
    assert pics.drawing("nothing-like-it") == pics.drawing("../templates/ui/base") == pics.drawing("") == carton


def test_every_drawing_shows() -> None:
    for path in pics.DRAWINGS.glob("*.svg"):
        assert pics.drawing(path.stem), path.name
        assert not re.search(r"<script|style=|href|on\w+=", path.read_text(encoding="utf-8")), path.name


def test_glyphs_take_the_colour_of_their_words() -> None:
    for name, inside in icons.ICONS.items():
        assert "fill=" not in inside, name
        assert "stroke=" not in inside, name


def test_a_glyph_alone_has_a_name() -> None:
    assert 'role="img" aria-label="In escrow"' in _draw('{% icon "lock" label="In escrow" %}')
    assert 'aria-hidden="true"' in _draw('{% icon "lock" %}')


def test_a_wrong_field_says_so_under_itself_and_on_top() -> None:
    form = PartsForm({"quantity": "1210", "country": "AU", "read": "on"})
    drawn = _draw("{% form_fields form %}", form=form)
    assert drawn.count("Use 1,200 or 1,224.") == 2
    assert 'href="#id_quantity"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_quantity_help id_quantity_error"' in drawn


def test_typed_text_survives_an_error() -> None:
    form = PartsForm({"quantity": "1210", "wish": "No visible cracks", "country": "DE"})
    drawn = _draw("{% form_fields form %}", form=form)
    assert "No visible cracks" in drawn
    assert 'value="1210"' in drawn
    assert '<option value="DE" selected>' in drawn


def test_a_placeholder_is_never_the_label() -> None:
    form = PartsForm()
    form.fields["quantity"].widget.attrs["placeholder"] = "Quantity"
    assert "placeholder" not in _draw("{% field form.quantity %}", form=form)


def test_a_disabled_button_says_why() -> None:
    drawn = _draw('{% button "Accept" why_not="The offer has expired." %}')
    assert " disabled" in drawn
    assert "The offer has expired." in drawn


def test_a_change_of_the_query_goes_back_to_the_first_page() -> None:
    assert _draw('{% query sort="price" %}') == "?q=mug&amp;sort=price"
    assert _draw("{% query page=3 %}") == "?q=mug&amp;page=3"
    assert _draw("{% query q=None %}") == "?"


def test_the_escrow_bar_never_overflows() -> None:
    yuan = [Money(minor, "CNY") for minor in (100_00, 60_00, 30_00, 10_00)]
    parts = shapes.Escrow(yuan[0], yuan[1], yuan[2], yuan[3]).parts()
    assert parts == [("released", 0.0, 30.0), ("held", 30.0, 60.0), ("refunded", 90.0, 10.0)]
    over = shapes.Escrow(yuan[0], yuan[0], yuan[0], yuan[0]).parts()
    assert sum(width for _kind, _start, width in over) == 100
    assert shapes.Escrow(Money(0, "CNY"), Money(0, "CNY"), Money(0, "CNY"), Money(0, "CNY")).parts() == []


def test_only_what_changed_in_an_offer_is_struck() -> None:
    with clock.frozen(clock.now()):
        drawn = _draw("{% offer card %}{% endoffer %}", card=parts_context()["offer_card"])
    assert drawn.count("<s>") == 3
    assert 'class="offer-foot"' not in drawn


def test_time_left_stands_beside_its_exact_moment() -> None:
    until = clock.now() + timedelta(hours=41, minutes=1)
    drawn = _draw("{% decide 'Release the money?' until=u %}x{% enddecide %}", u=until)
    assert "41 h left" in drawn
    assert until.isoformat() in drawn


def test_every_table_has_a_caption() -> None:
    root = Path(__file__).resolve().parents[2]
    for path in root.rglob("templates/**/*.html"):
        if "allauth" not in path.parts:  # theirs give it none
            for opened in path.read_text(encoding="utf-8").split("<table")[1:]:
                assert re.match(r"[^>]*>\s*<caption\b", re.sub(r"\{%.*?%\}", "", opened)), path
