"""Change a setting, or let its default hold again; both leave a line in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from caigou.house.current import stored
from caigou.house.declare import AnySetting, PictureName
from caigou.house.models import ProposedChange, SettingChange, StoredSetting
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed


@cache
def declared() -> Mapping[str, AnySetting]:
    """Return every setting of the house by its key, in the order of ``config.business``."""
    table: Sequence[AnySetting] = import_string(settings.CAIGOU_BUSINESS)
    return {setting.key: setting for setting in table}


def value(key: str) -> Any:
    """Return what holds now for ``key``; raises ``KeyError`` for one that nobody declared.

    A module that reads a setting imports its declaration instead, whose ``value`` has a type.
    """
    return declared()[key].value


def named_pictures() -> list[str]:
    """Return the hashes of the pictures that settings name, such as the logo's."""
    keys = [setting.key for setting in declared().values() if isinstance(setting, PictureName)]
    texts = StoredSetting.objects.filter(key__in=keys).exclude(text=None).values_list("text", flat=True)
    return [text.partition(".")[0] for text in texts if text]


def change_setting(setting: AnySetting, text: str, *, reason: str, by: Actor, expected: str | None = None) -> bool:
    """Let ``text`` hold from now on; False when it does already. ``expected`` is the value that the person saw.

    Of a setting ``by_two`` it waits for a second person (``answer_change``), unless the system does it.

    Raises ``BadInput`` for a text outside the bounds or a missing reason, ``NotAllowed`` for other than staff,
    ``ChangedMeanwhile`` when the value isn't ``expected`` any more.
    """
    return _change(setting, setting.write(setting.read(text)), reason=reason, by=by, expected=expected)


def reset_setting(setting: AnySetting, *, reason: str, by: Actor, expected: str | None = None) -> bool:
    """Let the default hold again; False when it does already. Raises what ``change_setting`` raises."""
    return _change(setting, None, reason=reason, by=by, expected=expected)


@transaction.atomic
def _change(setting: AnySetting, after: str | None, *, reason: str, by: Actor, expected: str | None) -> bool:
    _require(setting, by)
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        words = _("Say why in 3 to 300 characters; the history keeps it.")
        raise BadInput(words, fields={"reason": words})
    row = _locked(setting)
    before = row.text
    if expected is not None and expected != (setting.write(setting.default) if before is None else before):
        stored.forget()  # this process may be the one that still remembers the value before
        raise ChangedMeanwhile(_("Somebody has changed this since you opened it. Look at the value and try again."))
    if before == after:
        return False
    if setting.by_two and not by.is_system:
        if ProposedChange.objects.filter(key=setting.key).exists():
            raise BadInput(_("A change of this waits for a second person already. Agree to it or refuse it first."))
        ProposedChange.objects.create(key=setting.key, text=after, reason=reason, by_id=by.user_id or 0)
        return True
    _write(row, after, reason=reason, by_id=by.user_id)
    return True


def _require(setting: AnySetting, by: Actor) -> None:
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only staff change the settings of the house."))
    if setting.right is not None and not by.may(setting.right):
        raise NotAllowed(_("This setting is about money: only people with the right of finance change it."))


def _locked(setting: AnySetting) -> StoredSetting:
    StoredSetting.objects.get_or_create(key=setting.key)
    return StoredSetting.objects.select_for_update().get(key=setting.key)


def _write(
    row: StoredSetting, after: str | None, *, reason: str, by_id: int | None, agreed_by: int | None = None
) -> None:
    SettingChange.objects.create(
        key=row.key, before=row.text, after=after, reason=reason, by_id=by_id, agreed_by_id=agreed_by, at=now()
    )
    row.text = after
    row.save(update_fields=["text"])
    stored.forget()
    # Another thread may read the old value until this is committed.
    transaction.on_commit(stored.forget)


def proposed(setting: AnySetting) -> ProposedChange | None:
    """Return the change that waits for a second person."""
    return ProposedChange.objects.select_related("by").filter(key=setting.key).first()


@transaction.atomic
def answer_change(setting: AnySetting, change_id: int, *, agree: bool, by: Actor) -> None:
    """Agree to a change that waits, so that it holds, or refuse it; who asked for it may only take it back.

    Raises ``NotAllowed`` without the setting's right and for agreeing to one's own, ``BadInput`` when this change
    waits no more.
    """
    _require(setting, by)
    row = _locked(setting)
    change = ProposedChange.objects.filter(key=setting.key, pk=change_id).first()
    if change is None:
        raise BadInput(_("Nothing waits here any more: somebody has decided."))
    if agree:
        if change.by_id == by.user_id:
            raise NotAllowed(_("You asked for this yourself. A second person has to decide."))
        _write(row, change.text, reason=change.reason, by_id=change.by_id, agreed_by=by.user_id)
    change.delete()
