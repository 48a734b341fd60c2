"""What banks told us: files, and each of their lines once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models.accounts import BankAccount
from caigou.payments.bank.models.transfers import CorporateTransfer


class StatementColumns(models.Model):
    """Which columns of a bank's table mean what: said once, used for every later file of the same layout.

    ``columns`` is a JSON object from a field, such as ``day``, to the name of a column of theirs.
    """

    account = models.ForeignKey(BankAccount, models.CASCADE, related_name="columns")
    header = models.JSONField(help_text="The names of all columns: the layout that this is for.")
    columns = models.JSONField()
    day_format = models.CharField(max_length=20)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.account} {self.saved_at:%Y-%m-%d}"


class BankStatement(models.Model):
    """One file that was taken in whole, or one message of it."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=10, help_text="camt.053, camt.054, mt940, csv or xlsx.")
    name = models.CharField(max_length=255, help_text="What the file was called.")
    sha256 = models.CharField(max_length=64)
    number = models.CharField(max_length=60, blank=True, help_text="How the bank calls this statement.")
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    lines_read = models.PositiveIntegerField()
    lines_new = models.PositiveIntegerField()
    lines_pending = models.PositiveIntegerField(default=0, help_text="Not booked yet: they move nothing.")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="statement_once", fields=["account", "sha256", "number"]),
            models.CheckConstraint(name="statement_new_among_read", condition=Q(lines_new__lte=F("lines_read"))),
        ]

    def __str__(self) -> str:
        return self.number or self.name

    @property
    def opening(self) -> Money | None:
        return None if self.opening_minor is None else Money(self.opening_minor, self.account.currency)

    @property
    def closing(self) -> Money | None:
        return None if self.closing_minor is None else Money(self.closing_minor, self.account.currency)


class LineStatus(models.TextChoices):
    NEW = "new", _("To be matched")
    CREDITED = "credited", _("Credited")
    SUSPENSE = "suspense", _("In suspense")
    RECEIPT = "receipt", _("Entered by hand before")
    PAID_OUT = "paid_out", _("Payout")
    CHARGE = "charge", _("Fee of the bank")
    GIVEN_BACK = "given_back", _("Given back")
    TAKEN_BACK = "taken_back", _("Taken back by the bank")
    GATEWAY = "gateway", _("Payout of a gateway")
    COVER = "cover", _("Exchange at the bank")
    OPEN = "open", _("To be explained")


_ENDS = (
    LineStatus.PAID_OUT,
    LineStatus.CHARGE,
    LineStatus.GIVEN_BACK,
    LineStatus.TAKEN_BACK,
    LineStatus.GATEWAY,
    LineStatus.COVER,
)
LINE_MOVES = register_states(
    "payments.BankLine",
    start=LineStatus.NEW,
    table=moves(
        {
            LineStatus.NEW: set(LineStatus) - {LineStatus.NEW, LineStatus.GIVEN_BACK, LineStatus.CHARGE},
            LineStatus.SUSPENSE: {
                LineStatus.CREDITED,
                LineStatus.GIVEN_BACK,
                LineStatus.TAKEN_BACK,
                LineStatus.GATEWAY,
                LineStatus.COVER,
            },
            LineStatus.OPEN: {LineStatus.CHARGE, LineStatus.COVER},
            LineStatus.CREDITED: {LineStatus.TAKEN_BACK},
            LineStatus.RECEIPT: {LineStatus.TAKEN_BACK},
            **dict.fromkeys(_ENDS, ()),
        }
    ),
)


class Verdict(models.TextChoices):
    """How a line compares with what was expected: the reason beside its status."""

    NONE = "", "–"
    EXACT = "exact", _("As announced")
    SHORT = "short", _("Less than announced")
    OVER = "over", _("More than announced")
    WRONG_CURRENCY = "wrong_currency", _("Another currency than announced")
    WRONG_REFERENCE = "wrong_reference", _("A reference that nobody has")
    CANCELLED = "cancelled", _("The transfer was cancelled")
    SEVERAL = "several", _("Several companies come into question")
    CLOSED = "closed", _("The wallet is closed")
    NO_MATCH = "no_match", _("Nothing says whose it is")
    RETURNED = "returned", _("A payment of ours came back")
    REVERSED = "reversed", _("The bank took a credit back")
    SPENT = "spent", _("The bank took back what was spent since")
    UNEXPLAINED = "unexplained", _("A debit that we didn't order")


class Rung(models.TextChoices):
    """By what a line was matched."""

    NONE = "", "–"
    REFERENCE = "reference", _("Reference")
    VIRTUAL = "virtual", _("Virtual account")
    INSTRUMENT = "instrument", _("Linked account")
    AMOUNT_NAME = "amount_name", _("Amount and name")
    RECEIPT = "receipt", _("Receipt")
    HAND = "hand", _("By hand")
    PAYOUT = "payout", _("Payout")


class BankLine(models.Model):
    """One booked movement as the bank told it. What it said never changes (a trigger); only what came of it does.

    ``entry`` is the bank's own reference of the entry or, where it gives none, a hash of what it said with a count
    of equal ones; ``part`` counts the payments of a batch. So the same entry is stored once, whichever files and
    formats it comes in.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines")
    entry = models.CharField(max_length=100)
    part = models.PositiveIntegerField(default=0)
    day = models.DateField(help_text="When the bank booked it.")
    value_day = models.DateField()
    is_credit = models.BooleanField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency, always positive.")
    reference = models.CharField(max_length=140, blank=True, help_text="A structured reference or end-to-end id.")
    text = models.TextField(blank=True, help_text="What the payer wrote.")
    payer_name = models.CharField(max_length=140, blank=True)
    payer_number = models.CharField(max_length=34, blank=True)
    payer_bic = models.CharField(max_length=11, blank=True)
    to_number = models.CharField(max_length=34, blank=True, help_text="The account credited, if the bank names it.")
    returns = models.CharField(max_length=40, blank=True, help_text="The bank's reason, if this takes something back.")

    status = models.CharField(max_length=12, choices=LineStatus, default=LineStatus.NEW)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.NONE, blank=True)
    rung = models.CharField(max_length=12, choices=Rung, default=Rung.NONE, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="bank_lines")
    transfer = models.ForeignKey(CorporateTransfer, models.PROTECT, null=True, related_name="lines")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    matched_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(name="bank_line_once", fields=["account", "entry", "part"]),
            models.CheckConstraint(name="bank_line_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="credited_line_has_a_company", condition=~Q(status="credited") | Q(company__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="bank_line_new", condition=Q(status="new")),
            models.Index(
                fields=["account", "-day"], name="bank_line_to_work", condition=Q(status__in=["suspense", "open"])
            ),
            models.Index(fields=["account", "day"], name="bank_line_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {'+' if self.is_credit else '-'}{self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def signed(self) -> Money:
        """Positive where money came in."""
        return self.amount if self.is_credit else -self.amount
