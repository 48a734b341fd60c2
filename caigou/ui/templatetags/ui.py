"""``{% load ui %}``: the small components as tags, and the block tags of the larger ones.

docs/components.md lists each with its parameters.  Tags format and mark up; they hold no rule and ask no database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caigou.accounts.countries import country_name
from caigou.files.shown import Shown
from caigou.kernel import clock
from caigou.kernel.money import Money
from caigou.payments.rates import current as rates
from caigou.ui import fields, formats, icons, pics, states
from caigou.ui.shapes import Column

register = template.Library()

Words = Any


def _language() -> str:
    return translation.get_language() or "en"


def _html(name: str, context: Context | None = None, /, **values: Any) -> SafeString:
    request = context.get("request") if context is not None else None
    return render_to_string(f"ui/{name}.html", values, request=request)


# --- Figures ------------------------------------------------------------------------------------------------------


@register.simple_tag
def money(
    value: Money | None,
    sure: formats.Sure = "listed",
    *,
    to: Money | None = None,
    words: Words = "",
    href: str = "",
    size: str = "",
    signed: bool = False,
    symbol: bool = True,
    about: str = formats.ALMOST,
) -> SafeString:
    """Write an amount with how sure it is. None, and ``sure="unpriced"``, are said in ``words``, never as zero.

    ``about`` is the sign before an estimate.
    """
    if sure not in formats.SURE:
        raise template.TemplateSyntaxError(f"{{% money %}}: {sure!r} is not one of {sorted(formats.SURE)}")
    size_attribute = format_html(' data-size="{}"', size) if size else ""
    if value is None or sure == "unpriced":
        text = words or _("Not priced yet")
        return format_html('<span class="money" data-sure="unpriced"{}>{}</span>', size_attribute, text)
    if to is not None:
        figure = formats.format_money_range(value, to, _language())
    else:
        figure = formats.format_money(value, _language(), symbol=symbol, signed=signed)
    if sure == "estimate":
        figure = f"{about} {figure}"
    inner = format_html('<bdi class="money" data-sure="{}"{}>{}</bdi>', sure, size_attribute, figure)
    return format_html('<a class="money-working" href="{}">{}</a>', href, inner) if href else inner


@register.simple_tag(takes_context=True)
def estimate(
    context: Context, value: Money | None, *, to: Money | None = None, size: str = "", link: bool = False
) -> SafeString:
    """Write about what an amount (``to``: a range) is worth in the reader's currency; ``link`` opens its working.

    The rate, its day and who published it stand in the foot of every page. Nothing in the reader's own currency or
    for None; without a rate that is said in words, never guessed (B9).
    """
    reader = getattr(context.get("request"), "reader", None)
    if value is None or reader is None or value.currency == reader.currency:
        return mark_safe("")
    found = rates.estimate(value, reader.currency)
    if found is None:
        return money(None, words=_("No rate for %(currency)s") % {"currency": reader.currency})
    upper = rates.estimate(to, reader.currency) if to is not None else None
    href = f"{reverse('web:rates')}?amount={value.amount}&currency={value.currency}" if link else ""
    if value.minor > 0 and not found.value.minor and not (upper and upper.value.minor):
        # A button for ¥0.02 isn't free in dollars.
        return money(Money(1, reader.currency), "estimate", size=size, href=href, about="<")
    return money(found.value, "estimate", to=upper.value if upper else None, size=size, href=href)


@register.simple_tag
def money_text(value: Money) -> str:
    """Write an amount as bare words, for a button ("Accept ¥18,024.00") or a title."""
    return formats.format_money(value, _language())


@register.simple_tag
def quantity(number: int, unit: str = "piece") -> SafeString:
    """Write a number of units: 1,440 pcs, 1,440 件."""
    return format_html("<bdi>{}</bdi>", formats.format_quantity(number, unit, _language()))


@register.simple_tag
def quantity_text(number: int, unit: str = "piece") -> str:
    """Write a number of units as bare words, for blocktranslate and attributes."""
    return formats.format_quantity(number, unit, _language())


@register.simple_tag
def unit_word(unit: str, number: int = 1) -> str:
    """Return the unit's word alone, such as ``pcs`` for many pieces."""
    return formats.unit_word(unit, number, _language())


@register.filter
def number(value: int | None) -> str:
    """Group the digits: 1,036."""
    return "" if value is None else formats.format_number(value, _language())


@register.simple_tag
def span(low: int, high: int | None = None) -> str:
    """Write a tier's span: 720–1,439, or "2,880 and more" without an upper end."""
    return formats.format_quantity_range(low, high, _language())


# --- Time ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def when(moment: datetime | date | None, *, weekday: bool = False, words: Words = "") -> SafeString | str:
    """Write a moment (in the reader's zone) or a day, in a ``<time>``; None is said in ``words``."""
    if moment is None:
        return str(words)
    language = _language()
    if isinstance(moment, datetime):
        zone = timezone.get_current_timezone()
        text = formats.format_datetime(moment, language, zone, now=clock.now(), weekday=weekday)
    else:
        text = formats.format_day(moment, language, today=timezone.localdate(clock.now()), weekday=weekday)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag
def left(until: datetime) -> SafeString:
    """Say how long is left ("41 h left"); the exact moment belongs beside it, by ``{% when %}``."""
    text = formats.time_left(until, _language(), now=clock.now())
    return format_html('<time class="left" datetime="{}">{}</time>', until.isoformat(), text)


@register.simple_tag
def month(day: date) -> str:
    """Write month and year, as on a certificate: Mar 2027."""
    return formats.format_month(day, _language())


# --- Marks --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, *, label: Words = "") -> SafeString:
    """Draw a glyph; without ``label`` it's decoration and hidden from screen readers. Unknown names raise KeyError."""
    inside = mark_safe(icons.ICONS[name])  # noqa: S308 - our own drawing, no outside text
    turn = mark_safe(' data-directed="yes"') if name in icons.DIRECTED else ""
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}"{}>{}</svg>', label, turn, inside
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"{}>{}</svg>', turn, inside)


@register.simple_tag
def state(state_or_tone: states.State | states.Tone, glyph: str = "", word: Words = "") -> SafeString:
    """Draw a status chip from a ``State``, or from a tone, a glyph and a word."""
    drawn = state_or_tone if isinstance(state_or_tone, states.State) else states.State(state_or_tone, glyph, word)
    return format_html(
        '<span class="state" data-tone="{}">{}<span>{}</span></span>', drawn.tone, icon(drawn.glyph), drawn.word
    )


@register.simple_tag
def state_of(kind: states.Kind, status: str, side: states.Side) -> states.State:
    """Give the ``State`` of a domain status for one side, ``as`` a variable."""
    return states.state_of(kind, status, side)


@register.simple_tag
def mark(kind: str, *, until: date | None = None, words: Words = "") -> SafeString:
    """Draw a trust mark: verified_factory, licence_checked, trader, not_verified, in_escrow, measured."""
    return _html("mark", kind=kind, until=until, words=words)


@register.simple_tag
def supplier_mark(supplier: Any) -> SafeString:
    """Draw the mark that a supplier's qualification earns today; lapsed evidence counts as none."""
    match supplier.valid_qualification, supplier.kind:
        case "verified_factory", _kind:
            return mark("verified_factory", until=supplier.verified_until)
        case "licence_checked", "trader":
            return mark("trader_checked")
        case "licence_checked", _kind:
            return mark("licence_checked")
        case _none, "trader":
            return format_html("{} {}", mark("trader"), mark("not_verified"))
    return mark("not_verified")


@register.simple_tag
def rating(tenths: int, count: int) -> SafeString:
    """Write a rating with its count: ☆ 4.7 (212); a rating without a count is none."""
    figure = f"{tenths // 10}.{tenths % 10}"
    many = formats.format_number(count, _language())
    words = ngettext("Rated %(figure)s of 5 by %(many)s buyer", "Rated %(figure)s of 5 by %(many)s buyers", count)
    return format_html(
        '<span class="rating">{}<span aria-hidden="true">{} ({})</span><span class="u-hidden">{}</span></span>',
        icon("star"),
        figure,
        many,
        words % {"figure": figure, "many": many},
    )


@register.simple_tag
def seal(character: str = "", word: Words = "", *, size: str = "m", empty: bool = False) -> SafeString:
    """Draw the seal with one character (定 签 封 结) and its word beside it; ``empty`` is the frame before."""
    return _html("seal", character=character, word=word, size=size, empty=empty)


@register.simple_tag
def source(name: Words, fetched_at: datetime | None = None, *, verified: bool = False) -> SafeString:
    """Say where a statement comes from and when it was fetched."""
    return _html("source", name=name, fetched_at=fetched_at, verified=verified)


@register.simple_tag
def pic(product: Any = None, size: str = "m", *, key: str = "", hue: int = 0, look: int = 0) -> SafeString:
    """Show a product's first picture, else its (or a category's) drawing on the plate.

    Decoration, since its name stands beside it; a gallery says what it shows by ``{% photo %}``.
    ``size``: s 44, m 72, l 116 px; card and xl fill their column, a narrow and a wide one.
    """
    cover = Shown.parse(getattr(product, "cover", "") or "") if not key else None
    if cover is not None:
        return format_html(
            '<span class="pic" data-size="{}" data-kind="photo" aria-hidden="true">{}</span>', size, _img(cover, size)
        )
    chosen = key or getattr(product, "picture", "") or getattr(product, "drawing", "") or pics.FALLBACK
    inside = mark_safe(pics.drawing(chosen))  # noqa: S308 - a file of ours, never a supplier's
    return format_html(
        '<span class="pic" data-size="{}" data-hue="{}" data-look="{}" aria-hidden="true">'
        '<svg viewBox="0 0 120 120" focusable="false">{}</svg></span>',
        size,
        pics.hue_index(getattr(product, "hue", hue)),
        pics.look_index(getattr(product, "look", look)),
        inside,
    )


@register.simple_tag
def photo(shown: Shown, alt: Words, size: str = "xl", *, eager: bool = False) -> SafeString:
    """Show a kept picture (``Picture.shown``) with words for those who don't see it; ``eager``: the page's first."""
    return format_html(
        '<span class="pic" data-size="{}" data-kind="photo">{}</span>', size, _img(shown, size, alt=alt, eager=eager)
    )


def _img(shown: Shown, size: str, *, alt: Words = "", eager: bool = False) -> SafeString:
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" loading="{}" decoding="async">',
        shown.url(pics.PIXELS.get(size, 480)),
        shown.srcset,
        pics.SIZES.get(size, pics.SIZES["xl"]),
        shown.width,
        shown.height,
        alt,
        "eager" if eager else "lazy",
    )


# --- Two languages ------------------------------------------------------------------------------------------------


@register.simple_tag
def own_words(en: str, zh: str) -> SafeString:
    """Write the reader's language alone, lang-tagged; the other one where it is the only one there is."""
    text, lang = _pair(en, zh)[0]
    return format_html('<span lang="{}">{}</span>', lang, text) if text else mark_safe("")


@register.simple_tag
def bilingual(en: str, zh: str, *, inline: bool = False) -> SafeString:
    """Write the reader's language first and the other under it (``inline``: beside it), each lang-tagged."""
    return _html("bilingual", pair=[part for part in _pair(en, zh) if part[0]], inline=inline)


@register.simple_tag
def plain_words(en: str, zh: str) -> str:
    """Give the reader's language (or what there is) as bare words, for a ``<title>`` or an attribute."""
    return _pair(en, zh)[0][0]


def _pair(en: str, zh: str) -> list[tuple[str, str]]:
    pair = [(en or "", "en"), (zh or "", "zh-Hans")]
    if formats.is_chinese(_language()):
        pair.reverse()
    if not pair[0][0] or pair[0][0] == pair[1][0]:
        pair = [pair[1] if not pair[0][0] else pair[0], ("", "")]
    return pair


# --- Forms --------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, *, label: Words = "", help_text: Words = "", suffix: Words = "") -> SafeString:
    """Draw a form's field: label, help, control, error under it. Tick boxes and radio buttons become ``tick``."""
    return _html("field", **fields.field_values(bound, label=label, help_text=help_text, suffix=suffix))


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """Draw all fields of a form one under the other, hidden ones too, below the summary of errors."""
    return _html("form_fields", form=form)


@register.simple_tag
def errors(form: BaseForm) -> SafeString:
    """Draw the summary of a form's errors with links to the fields; nothing when there are none."""
    return _html("errors", form=form)


@register.simple_tag
def button(
    word: Words,
    kind: str = "primary",
    *,
    href: str = "",
    name: str = "",
    value: str = "",
    glyph: str = "",
    why_not: Words = "",
    form: str = "",
    size: str = "",
    wide: bool = False,
) -> SafeString:
    """Draw a button, or a link of that look with ``href``. Kinds: primary, plain, quiet, danger.

    ``why_not`` disables it and says the reason beside it.
    """
    return _html(
        "button", word=word, kind=kind, href=href, name=name, value=value, glyph=glyph, why_not=why_not,
        form=form, size=size, wide=wide,
    )  # fmt: skip


# --- Larger components, with room inside ---------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: SafeString, title: Words = "", *, aside: Words = "", foot: Words = "", flush: bool = False, id: str = "",  # noqa: A002
) -> SafeString:  # fmt: skip
    """Draw a card with a titled head; ``flush`` lets a table or list reach the edges."""
    return _html("card", content=content, title=title, aside=aside, foot=foot, flush=flush, id=id)


@register.simple_block_tag
def note(content: SafeString, tone: str = "none", *, title: Words = "", glyph: str = "") -> SafeString:
    """Draw an inline message: what happened, what did not, what to do."""
    return _html("note", content=content, tone=tone, title=title, glyph=glyph)


@register.simple_block_tag
def offer(content: SafeString, card: Any) -> SafeString:
    """Draw an ``OfferCard``; the content is its row of buttons and may be empty."""
    return _html("offer", offer=card, content=content)


@register.simple_block_tag
def decide(
    content: SafeString, question: Words, *, tone: str = "due", word: Words = "", until: datetime | None = None,
    facts: Words = "", lapse: Words = "",
) -> SafeString:  # fmt: skip
    """Draw "your move": whose turn, until when, the question, the facts, and the choices inside.

    ``tone`` due: open, the reader's; held: the other side's; ok: answered; none: lapsed.
    """
    return _html(
        "decide", content=content, question=question, tone=tone, word=word, until=until, facts=facts, lapse=lapse
    )


@register.simple_block_tag
def act(content: SafeString, label: Words = "", *, figure: Words = "") -> SafeString:
    """Draw the sticky action above the phone's bottom bar, with the sum that it's about; in place on a desktop."""
    return _html("act", content=content, label=label, figure=figure)


@register.simple_block_tag
def empty(content: SafeString, title: Words, *, drawing: str = "carton", words: Words = "") -> SafeString:
    """Say what belongs here; inside stands the one step that fills it."""
    return _html("empty", content=content, title=title, drawing=drawing, words=words)


@register.simple_tag
def progress(value: int, most: int, *, label: Words) -> SafeString:
    """Draw how far a running job is, in words too."""
    return _html("progress", value=value, most=most, label=label)


# --- Addresses ----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return ``?…`` of this page with parameters set, or dropped by None; the page number is dropped by any change."""
    parameters = context["request"].GET.copy()
    if "page" not in changes:
        parameters.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            parameters.pop(key, None)
        elif isinstance(value, Iterable) and not isinstance(value, str):
            parameters.setlist(key, [str(item) for item in value])
        else:
            parameters[key] = str(value)
    return f"?{parameters.urlencode()}"


@register.filter
def country(code: str) -> str:
    """Give the country's name in the reader's language: DE → Germany, 德国."""
    return country_name(code)


@register.filter
def under(row: Iterable[Any], columns: Iterable[Column]) -> list[tuple[Column, Any]]:
    """Return each cell of a table's row with the column that it stands under; a phone shows the head beside it."""
    return list(zip(columns, row, strict=True))


@register.filter
def is_chinese(language: str) -> bool:
    """Say whether a language code is Chinese."""
    return formats.is_chinese(language)


@register.filter
def tag_of(language: str) -> str:
    """Give the BCP 47 tag for ``lang``: zh-hans → zh-Hans."""
    return "zh-Hans" if formats.is_chinese(language) else language


@register.simple_tag
def lines(*parts: Words) -> SafeString:
    """Join the parts that exist with a middle dot between."""
    dot = mark_safe(' <span class="u-dot" aria-hidden="true">·</span> ')
    return format_html_join(dot, "{}", ((part,) for part in parts if part))


@register.simple_tag
def comma() -> str:
    """Write the comma that stands between two phrases in the reader's language, with its space where it has one."""
    return "，" if _language().startswith("zh") else ", "


@register.simple_tag
def colon() -> str:
    """Write the colon after a phrase in the reader's language."""
    return "：" if _language().startswith("zh") else ": "


@register.simple_tag
def zone_city() -> str:
    """Write the city of the zone in which this page shows its times."""
    return formats.zone_city(timezone.get_current_timezone(), _language())
