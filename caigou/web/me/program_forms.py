"""Forms about the keys and the endpoints of a company's programs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.fresh import PasswordAgain
from caigou.integrations.events import TYPES
from caigou.integrations.guard import LONGEST_URL
from caigou.integrations.scopes import scopes_for


class KeyForm(PasswordAgain):
    """What a new key is called and what it may do; the password once more, since a key acts for the company."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Where it is used, such as the name of your ERP.")
    )
    scopes = forms.MultipleChoiceField(label=_("What the key may do"), widget=forms.CheckboxSelectMultiple)

    field_order = ("name", "scopes", "password")

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = list(scopes_for(role).items())
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]


class EventsForm(forms.Form):
    """Which events an endpoint hears of."""

    events = forms.MultipleChoiceField(
        label=_("Events"), choices=list(TYPES.items()), widget=forms.CheckboxSelectMultiple
    )


class EndpointForm(EventsForm):
    """Where a program hears, and of what."""

    url = forms.CharField(
        label=_("Web address"),
        max_length=LONGEST_URL,
        help_text=_("An https address of your program that answers within 15 seconds."),
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )

    field_order = ("url", "events")
