"""Published exchange rates, and the operator's own for what nobody publishes. Append-only: history is never edited."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from caigou.accounts.models import User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now


class RateSheet(models.Model):
    """One day's publication of one source: 1 EUR in each currency, the figures as they were written."""

    source = models.CharField(max_length=20)
    day = models.DateField()
    figures = models.JSONField(help_text='1 EUR in each currency, as text: {"USD": "1.0856"}.')
    stored_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_sheet_a_day", fields=["source", "day"])]
        indexes = [models.Index(fields=["-day"], name="sheet_newest")]

    def __str__(self) -> str:
        return f"{self.source} {self.day}"


class OwnRateQuerySet(models.QuerySet["OwnRate"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff and the system read the operator's entries; others see only the estimates made with them."""
        return self if actor.is_staff or actor.is_system else self.none()


class OwnRate(models.Model):
    """What the operator entered: 1 ``base`` = ``figure`` ``currency`` from ``day`` on; without a figure, withdrawn."""

    currency = models.CharField(max_length=3)
    base = models.CharField(max_length=3)
    figure = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    day = models.DateField()
    reason = models.CharField(max_length=200, help_text="Where the figure comes from, such as a bank's board.")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(default=now)

    objects = OwnRateQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="own_rate_is_positive", condition=Q(figure__isnull=True) | Q(figure__gt=0)),
            models.CheckConstraint(name="own_rate_of_another", condition=~Q(currency=models.F("base"))),
        ]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.figure} {self.currency}, {self.day}"


class PairSpread(models.Model):
    """What the house keeps of an exchange from one currency into another, from a moment on; append-only (a trigger).

    Without ``points`` the house's own spread counts again. Of two for the same moment the later entered one holds.
    """

    sell = models.CharField(max_length=3)
    buy = models.CharField(max_length=3)
    points = models.PositiveSmallIntegerField(null=True, help_text="In 1/100 of a per cent.")
    since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="spread_of_two_currencies", condition=~Q(sell=models.F("buy"))),
            models.CheckConstraint(name="spread_is_a_fifth_at_most", condition=Q(points=None) | Q(points__lte=2_000)),
            # Nothing that was quoted before it was entered changes its reason afterwards.
            models.CheckConstraint(name="spread_holds_from_then_on", condition=Q(since__gte=models.F("entered_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.sell}→{self.buy} {self.shown}"

    @property
    def shown(self) -> str:
        """The spread in per cent, as people write it; empty for the house's own."""
        if self.points is None:
            return ""
        whole, part = divmod(self.points, 100)
        return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"
