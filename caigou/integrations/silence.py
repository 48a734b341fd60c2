"""Why an endpoint gave no answer, as a word to keep and a sentence for whoever looks after the endpoint."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Silence(models.TextChoices):
    """What became of a try that brought no HTTP status; the label tells how to mend it."""

    NO_NAME = "no_name", _("The name in this address can't be found. Check how it is written.")
    INSIDE = "inside", _("The name leads to no address of the open internet, so nothing was sent.")
    REFUSED = "refused", _("Nothing takes connections there. Check whether your program runs.")
    TOO_SLOW = "too_slow", _("No answer came in time.")
    CERTIFICATE = "certificate", _("Its certificate is not valid, so nothing was sent.")
    BROKEN = "broken", _("The connection broke off before an answer came.")
    OFF = "off", _("The endpoint was switched off.")


def sentence_of(kept: str) -> str:
    """Return the sentence for a kept word; what an older version kept was the machine's own words."""
    return str((Silence(kept) if kept in Silence.values else Silence.BROKEN).label) if kept else ""
