"""Keys of the API, tallies of requests, answers that are kept, and webhooks on their way."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.integrations.silence import sentence_of
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company's keys are its own; not even staff look at them here."""
        return self.filter(company_id=actor.company_id)


class ApiKey(models.Model):
    """A secret with which a company's program acts as the company, within its scopes (D5).

    Only the SHA-256 of the secret is stored: 160 random bits need no slow hash. The key acts while its maker has
    a seat at the company.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="api_keys")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True, help_text="What people and the journal call the key.")
    secret_hash = models.CharField(max_length=64, help_text="SHA-256 of the whole key, in hexadecimal.")
    scopes: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="revoked_key_says_by_whom",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class Tally(models.Model):
    """How often something happened in the current window; one row a name, counted by one statement.

    The table is unlogged: a count waits for no disk, and a server that crashed begins the window anew.
    """

    name = models.CharField(max_length=120, unique=True)
    since = models.DateTimeField(help_text="When the window began.")
    counted = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.name}: {self.counted}"


class KeptAnswer(models.Model):
    """What was answered under an idempotency key; written in the transaction of the effect itself."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    route = models.CharField(max_length=80, help_text="The operation, such as pay_order.")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of what was asked, address and body.")
    status = models.PositiveSmallIntegerField(null=True, help_text="Null only inside the deciding transaction.")
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_answer_a_key", fields=["company", "route", "key"])]
        indexes = [models.Index(fields=["at"], name="kept_answer_by_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class WhyOff(models.TextChoices):
    """Why an endpoint gets nothing any more."""

    NOT = "", _("On")
    GONE = "gone", _("It answered that it is gone")
    REMOVED = "removed", _("Removed")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company's endpoints are its own; what was removed is seen no more."""
        return self.filter(company_id=actor.company_id).exclude(off=WhyOff.REMOVED)


class Endpoint(models.Model):
    """An address of a company's program that hears of events (Standard Webhooks).

    Its secret isn't stored: it is derived from the house's key, the id and ``version`` (docs/decisions/0041).
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="endpoints")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    url = models.CharField(_("address"), max_length=500)
    events: models.JSONField[Any, Any] = models.JSONField(
        default=list, help_text="Types of events, such as order.paid."
    )
    version = models.PositiveIntegerField(default=1, help_text="Of its secret.")
    old_until = models.DateTimeField(null=True, blank=True, help_text="Until then the version before signs, too.")
    off = models.CharField(max_length=10, choices=WhyOff, default=WhyOff.NOT, blank=True)
    silent = models.PositiveSmallIntegerField(default=0, help_text="Tries in a row that got no answer at all.")
    rest_until = models.DateTimeField(null=True, blank=True, help_text="Nothing is tried before; after silence.")
    made_at = models.DateTimeField(default=now)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.url


class Message(models.Model):
    """One event as a company is told of it; the body is sent to the byte, however often."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    type = models.CharField(max_length=40)
    body = models.TextField()
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="message_by_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"


class DispatchStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the endpoint."""
        return self.filter(endpoint__in=Endpoint.objects.visible_to(actor))


class Dispatch(models.Model):
    """One message on its way to one endpoint."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="dispatches")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="dispatches")
    status = models.CharField(max_length=10, choices=DispatchStatus, default=DispatchStatus.WAITING)
    turn = models.PositiveIntegerField(default=0, help_text="Which intended call is the valid one.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Since it was sent or replayed.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When it is tried next.")
    answered = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the last answer.")
    last_error = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "dispatches"
        constraints = [models.UniqueConstraint(name="one_dispatch_each", fields=["message", "endpoint"])]

    def __str__(self) -> str:
        return f"{self.message} → {self.endpoint}"

    @property
    def silence(self) -> str:
        """Why the last try brought no answer, as a sentence; empty when it did, or none was made."""
        return sentence_of(self.last_error)
