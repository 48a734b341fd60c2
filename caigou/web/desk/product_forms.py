"""Forms about one product: the shape of what was typed; what is allowed, the services say. Chinese first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from caigou.catalogue.models import Category, Product, QuoteKind
from caigou.catalogue.services.imports.details import CUSTOMISATIONS, STATED
from caigou.catalogue.services.imports.values import MOST_UNITS
from caigou.kernel.money import CURRENCIES, Money
from caigou.ui.formats import UNITS, is_chinese, unit_word
from caigou.web.desk.rows import Line, amount_field

#: Those that Chinese suppliers quote in come first.
_USUAL = ("CNY", "USD", "EUR", "HKD")
CURRENCY_CHOICES = [(code, code) for code in (*_USUAL, *sorted(CURRENCIES.keys() - {*_USUAL, "PTS"}))]
KINDS = {
    "logo": _("Your logo"),
    "packaging": _("Packaging"),
    "colour": _("Colour"),
    "size": _("Size"),
    "material": _("Material"),
    "design": _("Design"),
}


def whole(label: Any, least: int, most: int, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    """A whole number within its bounds, typed on a phone's number pad."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def stated(label: Any, name: str, help_text: Any = "") -> forms.IntegerField:
    """A figure of the listing that may be left out, within the bounds of the import."""
    return whole(label, *STATED[name], help_text=help_text)


def category_choices() -> list[tuple[str, Any]]:
    """Return the tree for a select, in the reader's language: a group for each branch, all of it below."""
    chinese = is_chinese(get_language() or "en")
    rows = list(Category.objects.values_list("path", "slug", "name_en", "name_zh"))
    names = {path: (zh if chinese else en) for path, _slug, en, zh in rows}
    groups: dict[str, list[tuple[str, str]]] = {}
    for path, slug, _en, _zh in rows:
        groups.setdefault(path.split("/")[0], []).append((slug, _below(path, names)))
    return [("", _("None of these")), *((names.get(top, top), leaves) for top, leaves in groups.items())]


def _below(path: str, names: dict[str, str]) -> str:
    """Return the names of a path from the second level down, or the only one."""
    steps = path.split("/")
    parts = ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
    return " › ".join(names.get(part, part) for part in (parts[1:] or parts))


def unit_choices(own: str) -> list[tuple[str, str]]:
    """Return the units of sale, and the product's own where it came with another."""
    language = get_language() or "en"
    known = [(unit, unit_word(unit, 1, language)) for unit in UNITS]
    return known if not own or own in UNITS else [(own, own), *known]


class WordsForm(forms.Form):
    """What a product is called and what it is."""

    #: Two columns: titles and descriptions are long.
    grid = "fields-wide"

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=300,
        required=False,
        help_text=_("Buyers abroad find and read this one. Material, thing, and what tells it apart."),
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    unit = forms.ChoiceField(label=_("Sold by the"))
    description_zh = forms.CharField(
        label=_("Description in Chinese"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    description_en = forms.CharField(
        label=_("Description in English"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, own_unit: str = "piece", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("category", category_choices()), ("unit", unit_choices(own_unit))):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


class NewForm(WordsForm):
    """What a draft needs at the least."""

    currency = forms.ChoiceField(label=_("Currency of your prices"), choices=CURRENCY_CHOICES, initial="CNY")
    moq = whole(_("Least order (MOQ)"), 1, MOST_UNITS, required=True, help_text=_("In units of sale."))


class AttributeLine(Line):
    """One attribute, such as the material, in both languages."""

    name_zh = forms.CharField(label=_("Attribute, Chinese"), max_length=300)
    value_zh = forms.CharField(label=_("Value, Chinese"), max_length=300)
    name_en = forms.CharField(label=_("Attribute, English"), max_length=300)
    value_en = forms.CharField(label=_("Value, English"), max_length=300)


class PricesForm(forms.Form):
    """How the product is quoted, and from how many."""

    quote_type = forms.ChoiceField(
        label=_("How you quote"), choices=QuoteKind.choices, widget=forms.RadioSelect(), initial=QuoteKind.BY_QUANTITY
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES)
    moq = whole(_("Least order (MOQ)"), 1, MOST_UNITS, required=True)
    order_multiple = whole(
        _("Only in multiples of"), 1, MOST_UNITS, required=True, help_text=_("1: any quantity from the MOQ on.")
    )


class TierLine(Line):
    """From a quantity on, one unit costs this."""

    from_quantity = whole(_("From quantity"), 1, MOST_UNITS)
    price = amount_field(_("Price of one unit"))


class VariantPriceLine(Line):
    """The price of one variant, where each has its own."""

    silent = ("public_id", "label")
    public_id = forms.CharField(max_length=26, widget=forms.HiddenInput())
    price = amount_field(_("Price of one unit"))


class OptionsForm(forms.Form):
    """By what the variants differ: one thing or two."""

    first_zh = forms.CharField(label=_("They differ by (Chinese)"), max_length=60, required=False)
    first_en = forms.CharField(label=_("They differ by (English)"), max_length=60, required=False)
    second_zh = forms.CharField(label=_("And by (Chinese)"), max_length=60, required=False)
    second_en = forms.CharField(label=_("And by (English)"), max_length=60, required=False)


class VariantLine(Line):
    """One variant; ``public_id`` is empty for a new one."""

    silent = ("public_id",)
    public_id = forms.CharField(max_length=26, widget=forms.HiddenInput())
    first_zh = forms.CharField(label=_("Value, Chinese"), max_length=120)
    first_en = forms.CharField(label=_("Value, English"), max_length=120)
    second_zh = forms.CharField(label=_("Second value, Chinese"), max_length=120)
    second_en = forms.CharField(label=_("Second value, English"), max_length=120)
    price = amount_field(_("Price of one unit"))
    stock = whole(_("Stock"), 0, 999_999_999)
    weight_g = whole(_("Weight, g"), 1, 50_000_000)


class PackingForm(forms.Form):
    """How the goods are packed and how long they take; nothing of it is required, and what is missing is said."""

    carton_pieces = stated(_("Units in a carton"), "carton_pieces")
    carton_length_mm = stated(_("Carton length, mm"), "carton_length_mm")
    carton_width_mm = stated(_("Carton width, mm"), "carton_width_mm")
    carton_height_mm = stated(_("Carton height, mm"), "carton_height_mm")
    carton_weight_g = stated(_("Carton gross weight, g"), "carton_weight_g")
    weight_g = stated(_("One packed unit, g"), "weight_g")
    lead_days = stated(_("Days to make the MOQ"), "lead_days", _("0: in stock, leaves at once."))
    hs_code = forms.CharField(
        label=_("HS code"),
        max_length=12,
        required=False,
        help_text=_("6 to 10 digits. A hint for the buyer's customs agent, never a classification."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_hs_code(self) -> str:
        return "".join(sign for sign in self.cleaned_data["hs_code"] if sign not in ". ")


_SAMPLES = (
    ("", _("Not stated")),
    ("yes", _("Samples can be ordered")),
    ("no", _("No samples")),
)


class SampleForm(forms.Form):
    """Whether, how many and for how much samples can be had."""

    offered = forms.ChoiceField(label=_("Samples"), choices=_SAMPLES, widget=forms.RadioSelect(), required=False)
    price = forms.CharField(
        label=_("Price of one sample"),
        max_length=20,
        required=False,
        help_text=_("0 is free; leave it out when you decide each time."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    most = whole(_("At most for one buyer"), 1, 1_000)
    days = whole(_("Days until it leaves"), 0, 365)


class CustomLine(Line):
    """One thing that is made to order."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("a column of what is made to order", "What"),
        choices=[("", _("Choose")), *((kind, KINDS[kind]) for kind in CUSTOMISATIONS)],
    )
    moq = whole(_("From quantity"), 1, MOST_UNITS)
    setup_fee = amount_field(_("Set-up fee, once"))
    unit_surcharge = amount_field(_("More for each unit"))
    days = whole(_("More days"), 0, 365)
    note_zh = forms.CharField(label=_("Note, Chinese"), max_length=300)
    note_en = forms.CharField(label=_("Note, English"), max_length=300)


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several files of one field."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        return [super(PicturesField, self).clean(file, initial) for file in files]


class PicturesForm(forms.Form):
    """Pictures to add to the end of the gallery."""

    pictures = PicturesField(
        label=_("Add pictures"),
        help_text=_(
            "JPEG, PNG or WebP, up to 10 MB each. Stored without the place and the camera they were taken with."
        ),
        widget=_Several(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


def figure(minor: int | None, product: Product) -> str:
    """Return a stored sum as it is typed, empty for none."""
    return "" if minor is None else Money(minor, product.currency).amount
