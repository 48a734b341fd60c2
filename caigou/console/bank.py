"""Bank transfers on the console: what waits for a person, our accounts, statements, lines, receipts (F11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank_forms import (
    ColumnsForm,
    DecisionForm,
    OurAccountForm,
    ReceiptForm,
    StatementForm,
    VirtualForm,
)
from caigou.files.limits import MOST_BYTES as MOST_PICTURE
from caigou.files.services import store_picture
from caigou.jobs.database import busy_named
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.payments.bank.compare import Difference, Kind
from caigou.payments.bank.continuity import breaks_of
from caigou.payments.bank.formats.read import MOST_BYTES, read_file
from caigou.payments.bank.formats.reasons import StatementRefused
from caigou.payments.bank.formats.tables import Meaning, Table
from caigou.payments.bank.models import BankAccount, BankLine, BankReceipt, DecisionStatus, LineStatus, SuspenseDecision
from caigou.payments.bank.services.accounts import close_account, confirm_account, open_virtual, propose_account
from caigou.payments.bank.services.decide import answer_decision, ask_decision
from caigou.payments.bank.services.receipts import answer_receipt, enter_receipt
from caigou.payments.bank.services.reconcile import look
from caigou.payments.bank.services.take_in import Taken, take_in
from caigou.ui.imports import uploads
from caigou.ui.lists import posted
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb

PAGE = 50
MOST_SHOWN = 200
#: What each kind of difference is called.
KINDS: Final[Mapping[Kind, Any]] = {
    "missing": gettext_lazy("Missing at the bank"),
    "extra": gettext_lazy("Missing in our books"),
    "duplicate": gettext_lazy("Told twice"),
    "currency": gettext_lazy("Another currency"),
    "amount": gettext_lazy("Another amount"),
    "fee": gettext_lazy("Another fee"),
    "fx_rounding": gettext_lazy("Rounding of an exchange"),
    "date": gettext_lazy("Another day"),
}
_SALT = "console.bank.columns"
_TO_WORK = (LineStatus.SUSPENSE, LineStatus.OPEN)


def tried(request: HttpRequest, done: str, act: Callable[[], object]) -> bool:
    """Do it and say that it is done, or say why not."""
    try:
        with busy_named():
            act()
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return False
    messages.success(request, done)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def bank(request: SeatedRequest) -> HttpResponse:
    """Show the lines that wait for a person and our accounts, and take a new account."""
    form = OurAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_account(form.details, reason=form.cleaned_data["reason"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Entered. A second person lets it into use."))
            return redirect("console:bank")
    lines = BankLine.objects.filter(status__in=_TO_WORK).select_related("account").order_by("day", "pk")
    context = {
        "form": form,
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "waiting": SuspenseDecision.objects.filter(status=DecisionStatus.WAITING).select_related("line", "asked_by"),
        "receipts": BankReceipt.objects.filter(status=DecisionStatus.WAITING).count(),
        "accounts": BankAccount.objects.all(),
    }
    return render(request, "console/bank.html", context, status=422 if form.errors else 200)


# --- One account --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def bank_account(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show an account with its statements and how its books compare; let it into use, close it, take statements in."""
    account = get_object_or_404(BankAccount.objects.select_related("entered_by", "confirmed_by"), public_id=public_id)
    do = posted(request, "do")
    upload = StatementForm(request.POST, request.FILES) if do == "statement" else StatementForm()
    virtual = VirtualForm(request.POST) if do == "virtual" else VirtualForm()
    problems: list[Any] = []
    if do == "statement" and upload.is_valid():
        answer = _upload(request, account, upload, problems)
        if answer is not None:
            return answer
    elif do == "virtual" and virtual.is_valid() and _add_virtual(request, account, virtual):
        return redirect("console:bank_account", public_id=public_id)
    elif do in {"confirm", "close"}:
        _move_account(request, account, do)
        return redirect("console:bank_account", public_id=public_id)
    context = {
        "account": account,
        "upload": upload,
        "virtual": virtual,
        "problems": problems,
        "statements": account.statements.select_related("by", "account")[:PAGE],
        "breaks": breaks_of(account),
        "virtuals": account.virtual.select_related("company")[:PAGE],
        "crumbs": [Crumb(_("Bank"), reverse("console:bank")), Crumb(str(account))],
        **_compared(request, account),
    }
    status = 422 if upload.errors or virtual.errors or problems else 200
    return render(request, "console/bank_account.html", context, status=status)


def _move_account(request: SeatedRequest, account: BankAccount, do: str) -> None:
    if do == "confirm":
        tried(request, _("In use from now on."), lambda: confirm_account(account.pk, by=request.actor))
    else:
        reason = posted(request, "reason")
        tried(request, _("Closed."), lambda: close_account(account.pk, reason=reason, by=request.actor))


def _add_virtual(request: SeatedRequest, account: BankAccount, form: VirtualForm) -> bool:
    try:
        open_virtual(account, form.cleaned_data["company"], form.cleaned_data["number"], by=request.actor)
    except DomainError as error:
        put_on(form, error)
        return False
    messages.success(request, _("Entered. Whatever arrives on this number is the company's."))
    return True


def _compared(request: SeatedRequest, account: BankAccount) -> dict[str, Any]:
    """Compare books and bank over the days asked for, by default the last thirty."""
    until = _day(request.GET.get("until")) or now().date()
    since = _day(request.GET.get("since")) or until - timedelta(days=30)
    if since > until or (until - since).days > 400:
        since = until - timedelta(days=30)
    seen = look(account, since, until)
    return {"since": since, "until": until, "look": seen, "differences": _in_words(seen.differences)}


def _in_words(differences: Sequence[Difference]) -> list[tuple[Difference, Any, str]]:
    """Return each difference with its word, and the page of its line where the bank has one."""
    return [
        (each, KINDS[each.kind], reverse("console:bank_line", args=[each.name]) if each.theirs is not None else "")
        for each in differences[:MOST_SHOWN]
    ]


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 9000 else None


def _upload(
    request: SeatedRequest, account: BankAccount, form: StatementForm, problems: list[Any]
) -> HttpResponse | None:
    """Take a file in; the way on is the account's page, or the page on which its columns are named."""
    file = form.cleaned_data["file"]
    data = file.read(MOST_BYTES + 1)
    try:
        taken = take_in(account, data, file.name or "", by=request.actor)
    except StatementRefused as error:
        problems += error.problems
        return None
    except DomainError as error:
        put_on(form, error)
        return None
    if taken.unnamed is not None:
        file.seek(0)
        return redirect("console:bank_columns", token=kept_for_columns(account, file))
    _tell(request, taken)
    return redirect("console:bank_account", public_id=account.public_id)


def _tell(request: SeatedRequest, taken: Taken) -> None:
    words = _("Taken in: %(new)s lines are new, %(known)s were known. They are being matched now.")
    messages.success(request, words % {"new": taken.lines_new, "known": taken.lines_known})


def kept_for_columns(account: BankAccount, file: UploadedFile[bytes]) -> str:
    """Keep a table until somebody has said what its columns mean; return the address by which it is found."""
    return signing.dumps([uploads.keep(file), account.pk, file.name or ""], salt=_SALT)


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def bank_columns(request: SeatedRequest, token: str) -> HttpResponse:
    """Say what the columns of a table mean; kept for the next file with the same header."""
    try:
        stored, pk, name = signing.loads(token, salt=_SALT, max_age=timedelta(hours=12))
    except signing.BadSignature:
        raise Http404 from None
    account = get_object_or_404(BankAccount, pk=pk)
    public_id = account.public_id
    try:
        data = uploads.content(stored)
    except OSError:
        messages.error(request, _("This file isn't here any more. Choose it again."))
        return redirect("console:bank_account", public_id=public_id)
    table = read_file(data)
    if not isinstance(table, Table):
        return redirect("console:bank_account", public_id=public_id)
    form = ColumnsForm(table, request.POST or None)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid() and _read(request, account, (name, data), form.meaning, problems):
        uploads.forget(stored)
        return redirect("console:bank_account", public_id=public_id)
    here = reverse("console:bank_account", args=[public_id])
    crumbs = [Crumb(_("Bank"), reverse("console:bank")), Crumb(str(account), here), Crumb(_("Columns"))]
    context = {
        "form": form,
        "problems": problems,
        "name": name,
        "rows": _first(table),
        "table": table,
        "crumbs": crumbs,
    }
    return render(request, "console/bank_columns.html", context, status=422 if form.errors or problems else 200)


def _first(table: Table) -> list[list[str]]:
    return [[cell if isinstance(cell, str) else cell.get("v", "") for cell in cells] for _line, cells in table.rows[:5]]


def _read(
    request: SeatedRequest, account: BankAccount, file: tuple[str, bytes], meaning: Meaning, problems: list[Any]
) -> bool:
    name, data = file
    try:
        _tell(request, take_in(account, data, name, by=request.actor, meaning=meaning))
    except StatementRefused as error:
        problems += error.problems
        return False
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return False
    return True


# --- Lines and receipts -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def bank_line(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one line as the bank told it and what came of it; decide on one in suspense or to be explained."""
    line = get_object_or_404(
        BankLine.objects.select_related("account", "company", "statement", "transfer"), public_id=public_id
    )
    do = posted(request, "do")
    form = DecisionForm(request.POST) if do == "ask" else DecisionForm()
    if do == "ask" and form.is_valid() and _ask(request, line, form):
        return redirect("console:bank_line", public_id=public_id)
    if do in {"agree", "refuse"}:
        waiting = get_object_or_404(line.decisions, status=DecisionStatus.WAITING)
        tried(request, _("Decided."), lambda: answer_decision(waiting.pk, agree=do == "agree", by=request.actor))
        return redirect("console:bank_line", public_id=public_id)
    decisions = list(line.decisions.select_related("company", "asked_by", "decided_by"))
    context = {
        "line": line,
        "form": form,
        "decisions": decisions,
        "asked": next((each for each in decisions if each.status == DecisionStatus.WAITING), None),
        "to_work": line.status in _TO_WORK,
        "crumbs": [Crumb(_("Bank"), reverse("console:bank")), Crumb(_("Line of a statement"))],
    }
    return render(request, "console/bank_line.html", context, status=422 if form.errors else 200)


def _ask(request: SeatedRequest, line: BankLine, form: forms.Form) -> bool:
    values = form.cleaned_data
    try:
        decision = ask_decision(line.pk, values["company"], reason=values["reason"], by=request.actor)
    except DomainError as error:
        put_on(form, error)
        return False
    if decision.status == DecisionStatus.WAITING:
        messages.success(request, _("Asked. A second person has to agree."))
    else:
        messages.success(request, _("Decided."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def receipts(request: SeatedRequest) -> HttpResponse:
    """Enter money that arrived before its statement; another person agrees."""
    do = posted(request, "do")
    form = ReceiptForm(request.POST, request.FILES) if do == "enter" else ReceiptForm(initial={"day": now().date()})
    if do == "enter" and form.is_valid() and _enter(request, form):
        return redirect("console:receipts")
    if do in {"agree", "refuse"}:
        receipt = get_object_or_404(BankReceipt, public_id=posted(request, "receipt"))
        tried(request, _("Decided."), lambda: answer_receipt(receipt.pk, agree=do == "agree", by=request.actor))
        return redirect("console:receipts")
    rows = BankReceipt.objects.select_related("account", "company", "asked_by", "decided_by", "picture", "line")
    context = {
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "crumbs": [Crumb(_("Bank"), reverse("console:bank")), Crumb(_("Receipts"))],
    }
    return render(request, "console/receipts.html", context, status=422 if form.errors else 200)


def _enter(request: SeatedRequest, form: ReceiptForm) -> bool:
    values = form.cleaned_data
    try:
        picture = store_picture(values["picture"].read(MOST_PICTURE + 1), by=request.actor)
        enter_receipt(
            values["account"],
            values["company"],
            form.money,
            day=values["day"],
            note=values["note"],
            picture=picture,
            by=request.actor,
            reference=values["reference"],
            payer_name=values["payer_name"],
        )
    except DomainError as error:
        put_on(form, error)
        return False
    messages.success(request, _("Entered. It is credited when a second person agrees."))
    return True
