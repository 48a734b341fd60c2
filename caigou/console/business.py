"""Settings of the business: what holds now, change it with a reason, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.console.business_forms import SettingForm
from caigou.files.limits import MOST_BYTES
from caigou.files.services import store_picture
from caigou.files.shown import Shown
from caigou.house.declare import NONE, AnySetting, PictureName
from caigou.house.models import SettingChange
from caigou.house.services import answer_change, change_setting, declared, proposed, reset_setting
from caigou.kernel.errors import BadInput, ChangedMeanwhile, DomainError
from caigou.ui.lists import posted
from caigou.ui.shapes import Crumb

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One setting of the list, with what holds and when it was last changed."""

    setting: AnySetting
    shown: str
    picture: str
    is_default: bool
    last: SettingChange | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history in words; ``setting`` is None for one that this version doesn't have any more."""

    change: SettingChange
    setting: AnySetting | None
    before: str
    after: str


@require_safe
@access(STAFF)
def settings_list(request: SeatedRequest) -> HttpResponse:
    """Show every setting by group with the value that holds now."""
    newest = SettingChange.objects.order_by("key", "-at", "-pk").distinct("key").select_related("by")
    last = {change.key: change for change in newest}
    lines = [_line(setting, last.get(setting.key)) for setting in declared().values()]
    groups: dict[str, list[Line]] = {}
    for line in lines:  # settings of one group may be declared by several apps
        groups.setdefault(str(line.setting.group), []).append(line)
    return render(request, "console/settings.html", {"groups": groups.items()})


def _line(setting: AnySetting, last: SettingChange | None) -> Line:
    value = setting.value
    return Line(setting, setting.shown(value), _picture(setting, value), value == setting.default, last)


def _picture(setting: AnySetting, value: Any) -> str:
    """Return the address of the picture that a setting names; empty for every other kind."""
    shown = Shown.parse(value) if isinstance(setting, PictureName) else None
    return shown.url(160) if shown is not None else ""


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def setting(request: SeatedRequest, key: str) -> HttpResponse:
    """Change one setting, or let its default hold again; its history stands below."""
    chosen = declared().get(key)
    if chosen is None:
        raise Http404
    if request.method == "POST" and "answer" in request.POST:
        return _answer(request, chosen)
    form = SettingForm(chosen, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _save(request, chosen, form):
        return redirect("console:settings")
    line, waiting = _line(chosen, None), proposed(chosen)
    context = {
        "form": form,
        "waiting": waiting,
        "waiting_words": _words(chosen, waiting.text) if waiting else "",
        "mine": waiting is not None and waiting.by_id == request.actor.user_id,
        "may_answer": chosen.right is None or request.actor.may(chosen.right),
        "line": line,
        "fallback": chosen.shown(chosen.default),
        "history": _in_words(SettingChange.objects.filter(key=key).select_related("by", "agreed_by")[:PAGE]),
        "crumbs": [Crumb(_("Settings"), "../"), Crumb(chosen.label)],
    }
    return render(request, "console/setting.html", context, status=422 if form.errors else 200)


def _answer(request: SeatedRequest, chosen: AnySetting) -> HttpResponse:
    """Agree to the change that waits, or refuse it."""
    number, agree = posted(request, "change"), request.POST["answer"] == "agree"
    try:
        answer_change(chosen, int(number) if number.isdecimal() else 0, agree=agree, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Changed. It holds everywhere within five seconds.") if agree else _("Refused."))
    return redirect("console:setting", key=chosen.key)


def _save(request: SeatedRequest, chosen: AnySetting, form: SettingForm) -> bool:
    """Change or reset it; False with the reason on the form."""
    values = form.cleaned_data
    try:
        if "reset" in request.POST:
            changed = reset_setting(chosen, reason=values["reason"], by=request.actor, expected=form.saw)
        else:
            text = _text(request, chosen, form)
            changed = change_setting(chosen, text, reason=values["reason"], by=request.actor, expected=form.saw)
    except ChangedMeanwhile as error:
        form.look_again(chosen)
        form.add_error(None, str(error))
        return False
    except DomainError as error:
        for name in error.fields or [""]:
            field = {"value": "value", "reason": "reason", "picture": "value"}.get(name)
            form.add_error(field, str(error))
        return False
    if changed and chosen.by_two:
        messages.success(request, _("It waits for a second person."))
    elif changed:
        messages.success(request, _("Changed. It holds everywhere within five seconds."))
    else:
        messages.info(request, _("That holds already; nothing was changed."))
    return True


def _text(request: SeatedRequest, chosen: AnySetting, form: SettingForm) -> str:
    if not isinstance(chosen, PictureName):
        return str(form.cleaned_data["value"])
    upload = form.cleaned_data["value"]
    if upload is None:
        words = _("Choose a picture.")
        raise BadInput(words, fields={"value": words})
    return str(store_picture(upload.read(MOST_BYTES + 1), by=request.actor).shown)


@require_safe
@access(STAFF)
def settings_history(request: SeatedRequest) -> HttpResponse:
    """Show every change of every setting, newest first."""
    page = Paginator(SettingChange.objects.select_related("by", "agreed_by"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "history": _in_words(page.object_list),
        "crumbs": [Crumb(_("Settings"), "../"), Crumb(_("History"))],
    }
    return render(request, "console/settings_history.html", context)


def _in_words(changes: Sequence[SettingChange] | Any) -> list[Change]:
    known = declared()
    return [
        Change(
            change,
            known.get(change.key),
            _words(known.get(change.key), change.before),
            _words(known.get(change.key), change.after),
        )
        for change in changes
    ]


def _words(setting: AnySetting | None, text: str | None) -> str:
    """Return a stored text for people; one that today's bounds refuse, and one of a setting that is gone, as it is."""
    if setting is None:
        return str(NONE) if text is None else text
    if text is None:
        return _("%(value)s (default)") % {"value": setting.shown(setting.default)}
    try:
        return setting.shown(setting.read(text))
    except BadInput:
        return text
