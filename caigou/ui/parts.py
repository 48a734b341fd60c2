"""The page of parts: every component with its states, from made-up values. For whoever builds or judges a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ui import charts, icons, shapes, states

YUAN: Final = "CNY"

#: The colour tokens that the page shows, in look.md's order.
SWATCHES: Final = (
    "canvas", "surface", "sunk", "ink", "ink-2", "ink-3", "line-strong", "accent", "seal", "estimate", "held", "due",
    "ok", "bad", "accent-soft", "seal-soft", "estimate-soft", "held-soft", "due-soft", "ok-soft", "bad-soft",
)  # fmt: skip

#: Drawings of the row of pictures, each with the hue it's shown in.
PICTURES: Final = (
    ("mug", 0), ("dress", 3), ("desk-lamp", 1), ("toy-train", 4), ("cable", 10), ("tote-bag", 6), ("fabric-roll", 2),
    ("tumbler", 8), ("cup-saucer", 6), ("carton", 6),
)  # fmt: skip


class PartsForm(forms.Form):
    """One field of each drawing; bound to wrong values, so that the errors show."""

    quantity = forms.IntegerField(label="Quantity 数量", help_text="Whole cartons of 24.")
    wish = forms.CharField(label="Wish 要求", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    country = forms.ChoiceField(label="Country 国家", choices=[("AU", "Australia 澳大利亚"), ("DE", "Germany 德国")])
    read = forms.BooleanField(label="I have read the agreement 我已阅读合同")

    def clean_quantity(self) -> int:
        raise forms.ValidationError(_("Whole cartons of 24 only. Use 1,200 or 1,224."))


@dataclass(frozen=True, slots=True)
class _Goods:
    """What a hit reads of a product, without a database."""

    title_en: str
    title_zh: str
    picture: str
    hue: int
    supplier: Any
    moq: int = 240
    order_multiple: int = 24
    lead_days: int | None = 25
    unit: str = "piece"


def _supplier(name: tuple[str, str], city: tuple[str, str], *, kind: str, qualification: str) -> Any:
    return SimpleNamespace(
        company=SimpleNamespace(name_en=name[0], name_zh=name[1]),
        city=city[0],
        city_zh=city[1],
        kind=kind,
        valid_qualification=qualification,
        verified_until=date(2027, 3, 31),
    )


def _hits() -> list[shapes.Hit]:
    yiwu = ("Yiwu", "义乌")
    factory = _supplier(
        ("Yiwu Qingyao Ceramics", "义乌青窑陶瓷"), yiwu, kind="factory", qualification="verified_factory"
    )
    trader = _supplier(("Yiwu Hongda Enamelware", "义乌宏达搪瓷"), yiwu, kind="trader", qualification="none")
    unknown = _supplier(("Hejian Boyi Glass", "河间博艺玻璃"), ("Hejian", "河间"), kind="factory", qualification="none")
    mug = _Goods("Reactive-glaze ceramic mug, 350 ml", "窑变釉陶瓷马克杯 350ml", "mug", 0, factory)
    enamel = _Goods("Enamel camping mug, 12 oz", "搪瓷露营杯 12oz", "enamel-mug", 7, trader, moq=500, order_multiple=50)
    glass = _Goods("Double-wall glass cup, 250 ml", "双层玻璃杯 250ml", "glass", 6, unknown, 100, 1, None)
    return [
        shapes.Hit(mug, "#", 1200, Money(12_60, "CNY"), ask_href="#"),
        shapes.Hit(enamel, "#", 1200, Money(8_90, "CNY"), ask_href="#"),
        shapes.Hit(glass, "#", 1200, None, ask_href="#"),
    ]


def _offer_card() -> shapes.OfferCard:
    return shapes.OfferCard(
        title=_("Offer 2 from Yiwu Qingyao"),
        state=states.state_of("offer", "open", "buyer"),
        before_head=_("Offer 1"),
        now_head=_("Offer 2"),
        until=now() + timedelta(hours=41),
        terms=(
            shapes.Term(_("Quantity"), "1,440 pcs", "1,440 pcs"),
            shapes.Term(_("Unit price"), Money(12_10, "CNY"), Money(12_50, "CNY")),
            shapes.Term(_("Deliver by"), "20 Dec", "16 Dec"),
            shapes.Term(_("Total"), Money(17_424_00, "CNY"), Money(18_000_00, "CNY"), total=True),
        ),
    )


def _moments() -> list[shapes.Moment]:
    start = now() - timedelta(days=6)
    return [
        shapes.Moment(_("Offer accepted"), "done", start, seal="定"),
        shapes.Moment(_("Paid into escrow"), "done", start + timedelta(hours=1), amount=Money(18_024_00, "CNY")),
        shapes.Moment(_("Shipped"), "now", start + timedelta(days=5), detail="SF Express SF1029384756"),
        shapes.Moment(_("Arrives"), "later", (now() + timedelta(days=3)).date(), about=True),
        shapes.Moment(_("Money released"), "later"),
    ]


def _rights() -> list[shapes.Right]:
    return [
        shapes.Right(
            _("Confirm or object"), now() + timedelta(hours=71), _("Without an answer the money is released."), "due"
        ),
        shapes.Right(_("Ship the goods"), now() + timedelta(days=20), _("As agreed in the offer."), "running"),
        shapes.Right(_("Answer the offer"), None, _("The offer was accepted in time."), "stopped"),
        shapes.Right(_("Cancel before shipping"), None, _("The goods are on their way."), "lapsed"),
    ]


def _tasks() -> list[shapes.Task]:
    mug = _hits()[0].product
    return [
        shapes.Task(_("Answer a request"), "#", "Nordlys Import, 2,400 pcs", now() + timedelta(hours=3), product=mug),
        shapes.Task(_("Ship an order"), "#", "C-20431", now() + timedelta(days=12), "later", glyph="box"),
        shapes.Task(_("Renew the licence"), "#", state="done", glyph="doc"),
    ]


def _facets() -> list[shapes.Facet]:
    places = (
        shapes.Option("yiwu", "Yiwu", 402, other="义乌", checked=True),
        shapes.Option("dehua", "Dehua", 0, other="德化"),
    )
    sizes = (shapes.Option("100", _("up to 100"), 208), shapes.Option("500", _("up to 500"), 677, checked=True))
    return [
        shapes.Facet(
            "price",
            _("Price"),
            "range",
            unit="CNY",
            low="4.00",
            name_low="from",
            name_high="to",
            bars=[
                shapes.Bar(height, place > 1) for place, height in enumerate((12, 38, 75, 100, 84, 60, 41, 22, 9, 4))
            ],
            bars_told=_("Price"),
        ),
        shapes.Facet("origin", _("Origin"), "many", places),
        shapes.Facet("moq", _("Smallest order"), "one", sizes),
    ]


def _all_states() -> list[states.State]:
    """One chip of each look, without repeats."""
    seen: dict[tuple[str, str, str], states.State] = {}
    for rows in states.STATES.values():
        for sides in rows.values():
            for state in (sides.buyer, sides.supplier, sides.staff):
                seen.setdefault((state.tone, state.glyph, str(state.word)), state)
    return sorted(seen.values(), key=lambda state: ("due", "held", "ok", "bad", "none").index(state.tone))


def _messages() -> tuple[shapes.Message, ...]:
    return (
        shapes.Message(
            "您好，1440个可以做到12.50元，29天交货。",
            "zh-hans",
            now(),
            "Lin Xiaoyan 林晓燕",
            translation="Hello. For 1,440 pcs I can do ¥12.50. Ready in 29 days.",
            translation_language="en",
            caption=_("Translated by machine, original below"),
        ),
        shapes.Message("We can go ahead today at ¥12.10.", "en", now(), mine=True),
        shapes.Message(_("The offer was accepted."), "en", now(), system=True),
    )


def _figures() -> dict[str, Any]:
    return {
        "price": Money(12_60, YUAN),
        "offered": Money(12_10, YUAN),
        "total": Money(18_024_00, YUAN),
        "low": Money(2_42, "USD"),
        "high": Money(2_51, "USD"),
        "short": Money(1_204_00, YUAN),
        "until": now() + timedelta(hours=41),
        "moment": now() - timedelta(days=1),
        "tiers": (
            shapes.Tier(240, 719, Money(13_80, YUAN)),
            shapes.Tier(720, 1439, Money(12_60, YUAN), reached=True),
            shapes.Tier(1440, 2879, Money(11_90, YUAN)),
            shapes.Tier(2880, None, Money(11_20, YUAN)),
        ),
        "rows": (
            shapes.SumRow("1,200 × ¥12.60", Money(15_120_00, YUAN)),
            shapes.SumRow(_("Delivery"), Money(380_00, YUAN), "estimate", _("by road")),
            shapes.SumRow(_("Insurance"), None, unpriced=_("Not quoted yet")),
            shapes.SumRow(_("Total"), Money(15_500_00, YUAN), "estimate", total=True),
        ),
    }


def _ledger() -> dict[str, Any]:
    paid, asked = states.state_of("recharge", "paid", "staff"), states.state_of("recharge", "unknown", "staff")
    return {
        "columns": (
            shapes.Column(_("Account")),
            shapes.Column(_("Debit CNY"), "money"),
            shapes.Column(_("Credit CNY"), "money"),
            shapes.Column(_("State")),
        ),
        "table_rows": (
            (_("Buyer wallets"), None, Money(2_604_118_92, YUAN), paid),
            (_("Gateways in transit"), Money(-41_208_30, YUAN), None, asked),
        ),
        "table_total": (_("Total"), Money(9_759_702_85, YUAN), Money(9_759_702_85, YUAN), ""),
    }


def _charts() -> dict[str, Any]:
    sums = (0, 420_00, 380_00, 160_00, 610_00, 540_00)
    days = [(now() - timedelta(days=30 - 5 * place), Money(minor, YUAN)) for place, minor in enumerate(sums)]
    owed = (_("Owed to customers"), Money(540_00, YUAN)), (_("At banks and gateways"), Money(560_00, YUAN))
    return {"balance": charts.balance_of(days, now()), "bars": charts.bar_rows(owed)}


def _deal() -> dict[str, Any]:
    zero = Money.zero(YUAN)
    return {
        "offer_card": _offer_card(),
        "messages_shown": _messages(),
        "moments": _moments(),
        "steps": (
            shapes.Step(_("Ordered"), "done"),
            shapes.Step(_("Paid"), "done"),
            shapes.Step(_("Shipped"), "now"),
            shapes.Step(_("Received"), "later"),
        ),
        "escrow": shapes.Escrow(Money(18_024_00, YUAN), Money(12_616_80, YUAN), zero, zero, as_of=now()),
        "rights": _rights(),
        "tasks": _tasks(),
    }


def parts_context() -> dict[str, Any]:
    """Return what ``ui/parts.html`` shows. No database; the door that shows it decides who may see it."""
    verified = _supplier(("", ""), ("", ""), kind="factory", qualification="verified_factory")
    return {
        **_figures(),
        **_deal(),
        **_ledger(),
        **_charts(),
        "swatches": SWATCHES,
        "pictures": PICTURES,
        "icons": sorted(icons.ICONS),
        "supplier": verified,
        "form": PartsForm({"quantity": "1210", "country": "AU"}),
        "states": _all_states(),
        "terms": shapes.Terms(1200, "piece", "Melbourne 3056, AU", "#"),
        "facets": _facets(),
        "hits": _hits(),
        "tabs": (shapes.Tab(_("All"), "#", count=12), shapes.Tab(_("Your move"), "#", current=True, count=3)),
        "crumbs": (shapes.Crumb(_("Orders"), "#"), shapes.Crumb("C-20431")),
    }
