"""Rows of work: one per (event, handler), and one per call to the outside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id


class Delivery(models.Model):
    """One event on its way to one handler; its effect and ``done_at`` are one transaction."""

    event = models.CharField(max_length=80, help_text="The event's kind, such as orders.OrderPaid.")
    payload = models.JSONField(help_text="Ids and plain values only.")
    handler = models.CharField(max_length=200, help_text="Dotted name of the function that hears it.")
    published_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="delivery_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.event} → {self.handler}"


class Call(models.Model):
    """One intended call to the outside, made under a lease and never inside a transaction.

    ``key`` is the idempotency key that goes out with it, the same at every try. ``fence`` counts the
    leases: a worker that lost its lease can't write the result of a later one.
    """

    key = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    function = models.CharField(max_length=200, help_text="Name in the table of calls.")
    payload = models.JSONField()
    created_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    leased_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="call_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.function} {self.key}"
