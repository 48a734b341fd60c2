"""The form of one setting, made from its declaration; the bounds themselves are held by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.house.declare import AnySetting, PictureName, Share, Switch, Whole


class SettingForm(forms.Form):
    """A value, the reason for it, and (hidden) the value that the person saw."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, min_length=3, help_text=_("For the history; colleagues read it later.")
    )
    expected = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, setting: AnySetting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"value": _field(setting), **self.fields}
        text = setting.write(setting.value)
        self.initial = {"value": "" if isinstance(setting, PictureName) else text, "expected": text}

    @property
    def saw(self) -> str | None:
        """The value on the page that the person had before them; None when no page was sent along."""
        return self.data.get("expected")

    def look_again(self, setting: AnySetting) -> None:
        """Show what holds now: the next try is about this value."""
        self.data = {**{name: self.data[name] for name in self.data}, "expected": setting.write(setting.value)}


def _field(setting: AnySetting) -> forms.Field:
    if isinstance(setting, PictureName):
        accept = {"accept": "image/jpeg,image/png,image/webp"}
        return forms.FileField(
            label=_("New picture"), help_text=setting.bounds(), required=False, widget=forms.FileInput(attrs=accept)
        )
    if isinstance(setting, Switch):
        return forms.ChoiceField(label=_("New value"), choices=[("on", _("On")), ("off", _("Off"))])
    attributes = {"inputmode": "decimal"} if isinstance(setting, (Whole, Share)) else {}
    return forms.CharField(
        label=_("New value"),
        help_text=setting.bounds(),
        max_length=1000,
        widget=forms.TextInput(attrs=attributes),
    )
