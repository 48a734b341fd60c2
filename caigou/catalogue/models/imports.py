"""Import runs, what became of each row, and the column mappings that people saved."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import User
from caigou.catalogue.models.suppliers import Supplier
from caigou.catalogue.reasons import explain
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.states import moves, register_states


class ImportStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    COLUMNS = "columns", _("Columns to name")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


#: A run that is taken up again after a crash is running already: that is no move.
IMPORT_MOVES = register_states(
    "catalogue.ImportRun",
    start=ImportStatus.WAITING,
    table=moves(
        {
            ImportStatus.WAITING: {ImportStatus.RUNNING, ImportStatus.COLUMNS, ImportStatus.FAILED},
            # No column is ours: somebody says what they mean, and the file waits to be read again.
            ImportStatus.COLUMNS: {ImportStatus.WAITING, ImportStatus.FAILED},
            ImportStatus.RUNNING: {ImportStatus.DONE, ImportStatus.FAILED},
            ImportStatus.DONE: (),
            ImportStatus.FAILED: (),
        }
    ),
)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see every import, a supplier those of its own goods."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(supplier__company=actor.company_id)


class ImportRun(models.Model):
    """One file taken in: what came of each of its rows.

    Every row read is either refused or accepted. Where one row is one product, the accepted rows are the new,
    changed and unchanged products; where many lines make one product, they were merged into them.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(
        max_length=400, blank=True, help_text="Path below the uploads folder; empty for the CLI."
    )
    pictures_as = models.CharField(max_length=400, blank=True, help_text="Path of the ZIP file of pictures, if any.")
    sha256 = models.CharField(max_length=64)
    mapping = models.CharField(
        max_length=40, blank=True, help_text="Which columns mean what; empty: found by the header."
    )
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, related_name="imports")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="imports")
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.WAITING)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True, help_text="Known once the file was counted.")
    products_new = models.PositiveIntegerField(default=0)
    products_changed = models.PositiveIntegerField(default=0)
    products_same = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0, help_text="Notes on rows that were taken all the same.")
    steps_done = models.PositiveIntegerField(default=0, help_text="Where to go on after an interruption.")
    preview = models.JSONField(
        default=dict, blank=True, help_text="Header, first rows and a guess, while its columns wait for names."
    )
    error = models.CharField(max_length=40, blank=True, help_text="Code of what is wrong with the file as a whole.")
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="finished_import_has_an_end",
                condition=Q(status__in=["waiting", "columns", "running"]) | Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(name="import_refuses_what_it_read", condition=Q(rows_refused__lte=F("rows_read"))),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows_accepted(self) -> int:
        """The rows that are, or went into, products."""
        return self.rows_read - self.rows_refused

    @property
    def products_total(self) -> int:
        """How many products the file describes."""
        return self.products_new + self.products_changed + self.products_same

    @property
    def error_text(self) -> str:
        """Why the whole file was refused and how to mend it, in the reader's language; empty if it wasn't."""
        return " ".join(explain(self.error, {})) if self.error else ""


class Severity(models.TextChoices):
    REFUSED = "refused", _("Refused")
    NOTED = "noted", _("Noted")


class RefusedRow(models.Model):
    """A row that was not taken, or taken with a note, as it stood in the file, with the reason and how to mend it.

    Stored are the reason's code and its figures; the sentences are made when somebody reads them, in the reader's
    language (``reasons.py``).
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="refused")
    line = models.PositiveIntegerField(help_text="Line of the file, from 1.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.REFUSED)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True, help_text="What the sentence of the code names.")
    raw = models.TextField()

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["run", "line"], name="refused_by_line")]

    def __str__(self) -> str:
        return f"{self.run}:{self.line} {self.code}"

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return explain(self.code, self.params).reason

    @property
    def mend(self) -> str:
        """What to do about it, in the reader's language."""
        return explain(self.code, self.params).mend


class ColumnMapping(models.Model):
    """Which columns of somebody's files mean what: saved once, used for every later file of the same layout.

    ``columns`` is a JSON object from the name of a column of theirs to ``{"field": "moq"}`` or, where the unit
    differs, ``{"field": "carton_length_mm", "times": "10"}``; ``constants`` gives fields that no column has.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    supplier = models.ForeignKey(
        Supplier,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mappings",
        help_text="Whose; empty: the platform's.",
    )
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=dict)
    constants = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_mapping_per_name", fields=["supplier", "name"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
