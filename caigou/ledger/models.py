"""The ledger's tables, for reading.  They are made and guarded by ``sql/``; the application's role can't write them.

``managed = False``: Django neither makes nor changes them.  The quoted ``db_table`` names the schema.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from caigou.kernel.money import Money


class AccountStatus(models.TextChoices):
    """What an account lets through; ``ledger.is_blocked`` is the rule."""

    OPEN = "open", _("Open")
    NO_DEBIT = "no_debit", _("No money out")
    FROZEN = "frozen", _("Frozen")
    CLOSED = "closed", _("Closed")


class Account(models.Model):
    """Whose money, of which kind, in one currency.  ``owner`` is opaque: a public id or a gateway's name."""

    kind = models.TextField()
    owner = models.TextField()
    currency = models.TextField()
    side = models.CharField(max_length=1)
    guarded = models.BooleanField()
    shards = models.SmallIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"ledger"."account"'

    def __str__(self) -> str:
        return f"{self.kind}/{self.owner} {self.currency}"


class BalanceRow(models.Model):
    """One row of an account's figures, in minor units; a sharded account has several and is their sum."""

    pk = models.CompositePrimaryKey("account_id", "shard")
    account = models.ForeignKey(Account, models.PROTECT, related_name="balance_rows")
    shard = models.SmallIntegerField()
    status = models.TextField(choices=AccountStatus)
    debits_posted = models.BigIntegerField()
    credits_posted = models.BigIntegerField()
    debits_pending = models.BigIntegerField()
    credits_pending = models.BigIntegerField()
    version = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = '"ledger"."balance"'


class StatusChange(models.Model):
    """One move of an account's status: who, why, when."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="status_changes")
    old = models.TextField(choices=AccountStatus)
    new = models.TextField(choices=AccountStatus)
    reason = models.TextField()
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"ledger"."status_change"'


class Journal(models.Model):
    """One fact, told once: its transfers succeeded together."""

    scope = models.TextField()
    key = models.TextField()
    request_hash = models.BinaryField()
    purpose = models.TextField()
    source = models.TextField()
    effective_at = models.DateTimeField(help_text="When it happened.")
    recorded_at = models.DateTimeField(help_text="When it was written down, by the database's clock.")
    actor = models.TextField()
    reason = models.TextField(null=True)  # noqa: DJ001  (no reason is not an empty reason)

    class Meta:
        managed = False
        db_table = '"ledger"."journal"'

    def __str__(self) -> str:
        return f"{self.purpose} {self.source}"


class TransferKind(models.TextChoices):
    """What a transfer does: moves money, sets it aside, moves what was set aside, or gives it back."""

    POST = "P", _("Moved")
    HOLD = "H", _("Set aside")
    CAPTURE = "C", _("Moved after being set aside")
    RELEASE = "R", _("Given back")


class Transfer(models.Model):
    """One debit, one credit, one positive amount in minor units, one currency."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="transfers")
    kind = models.CharField(max_length=1, choices=TransferKind)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    currency = models.TextField()
    amount = models.BigIntegerField(help_text="In minor units of the currency.")
    hold = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    code = models.TextField()

    class Meta:
        managed = False
        db_table = '"ledger"."transfer"'

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Hold(models.Model):
    """What was set aside by one transfer, and what was taken from it since, in minor units."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, primary_key=True, related_name="hold_row")
    amount = models.BigIntegerField()
    captured = models.BigIntegerField()
    released = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, help_text="From then on its release is due; a job releases it.")

    class Meta:
        managed = False
        db_table = '"ledger"."hold"'

    @property
    def left(self) -> int:
        """What can still be captured or released, in minor units."""
        return self.amount - self.captured - self.released


class Period(models.Model):
    """What happened in a currency before ``closed_until`` is closed: nothing dated earlier is posted any more."""

    currency = models.TextField()
    closed_until = models.DateTimeField()
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"ledger"."period"'


class FxQuote(models.Model):
    """An amount of one currency promised for an amount of another, to one owner, until it expires; never changed."""

    public_id = models.TextField(unique=True)
    owner = models.TextField()
    sell = models.TextField()
    buy = models.TextField()
    sell_minor = models.BigIntegerField()
    buy_minor = models.BigIntegerField(help_text="Rounded down.")
    rounding_minor = models.BigIntegerField(help_text="What rounding to the nearest would have added: 0 or 1.")
    rate = models.DecimalField(max_digits=20, decimal_places=10, help_text="Whole units of buy for one of sell.")
    rate_source = models.TextField()
    quoted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"ledger"."fx_quote"'

    @property
    def given(self) -> Money:
        """What its owner gives up."""
        return Money(self.sell_minor, self.sell)

    @property
    def got(self) -> Money:
        """What its owner gets for it."""
        return Money(self.buy_minor, self.buy)


class Seal(models.Model):
    """One block of the chain: the journals it seals, and the hash that the next block starts from."""

    id = models.BigIntegerField(primary_key=True)
    newest = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"ledger"."seal"'


class BooksReport(models.Model):
    """What the daily check of the books found; kept, so that a day without a check shows."""

    day = models.DateField(unique=True, help_text="In UTC.")
    checked_at = models.DateTimeField()
    balanced = models.BooleanField()
    report = models.JSONField(help_text="As ``caigou check-books --json`` prints it.")

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {'balanced' if self.balanced else 'not balanced'}"
