"""Users, companies, the seats that join them, and addresses.

A person acts for a company from a seat; what the person may do follows from the company's kind. A signed-up
buyer counts as accepted until registration (A1) is built.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from caigou.kernel.actor import Actor, Right
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    CHINESE = "zh-hans", "简体中文"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a person who signs in with ``email``; without a password only a code by e-mail opens the door."""
        user = self.model(email=email.strip().lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. Signs in by e-mail with a password or a code (A5)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    currency = models.CharField(_("currency of estimates"), max_length=3, blank=True)
    destination = models.CharField(_("destination"), max_length=2, blank=True, help_text=_("Two letters, ISO 3166-1."))
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)
    credentials_changed_at = models.DateTimeField(null=True, help_text="Of password or address, last; holds payouts.")

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """One or two characters for the avatar.

        >>> User(name="Hannah Park").initials, User(name="林晓燕").initials
        ('HP', '林')
        """
        words = (self.name or self.email).split()
        first = words[0][0]
        return (first + words[-1][0]).upper() if len(words) > 1 and first.isascii() else first.upper()


class CompanyKind(models.TextChoices):
    BUYER = "buyer", _("Buyer")
    SUPPLIER = "supplier", _("Supplier")
    OPERATOR = "operator", _("Operator")


#: The role that a seat at each kind of company gives.
ROLE_OF_KIND = {CompanyKind.BUYER: "buyer", CompanyKind.SUPPLIER: "supplier", CompanyKind.OPERATOR: "staff"}


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see every company, others their own."""
        return self if actor.is_staff or actor.is_system else self.filter(pk=actor.company_id)


class Company(models.Model):
    """Who buys, sells or runs the platform; a person who buys alone is a company of one."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=10, choices=CompanyKind)
    name_en = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, ISO 3166-1."))
    created_at = models.DateTimeField(default=now)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(name="one_operator", fields=["kind"], condition=Q(kind="operator")),
            models.CheckConstraint(name="company_country_is_two_capitals", condition=Q(country__regex="^[A-Z]{2}$")),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def role(self) -> str:
        return ROLE_OF_KIND[CompanyKind(self.kind)]


class Seat(models.Model):
    """A person's place at a company."""

    user = models.ForeignKey(User, models.CASCADE, related_name="seats")
    company = models.ForeignKey(Company, models.PROTECT, related_name="seats")
    since = models.DateTimeField(default=now)
    owner = models.BooleanField(default=False, help_text="Runs the platform: gives rights, and seats at it.")
    finance = models.BooleanField(default=False, help_text="Sees and moves money.")
    rights_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Who gave the first of these rights."
    )
    rights_wait = models.BooleanField(default=False, help_text="Until a second person of finance agrees.")
    rights_from = models.DateTimeField(null=True, help_text="End of their cooling-off; none: they count.")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_seat_each", fields=["user", "company"])]

    def __str__(self) -> str:
        return f"{self.user} at {self.company}"

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may do beyond what all of the platform's people may; at other companies nothing."""
        if self.company.kind != CompanyKind.OPERATOR or not self.rights_count:
            return frozenset()
        if self.owner:
            return frozenset({"owner", "finance"})
        return frozenset({"finance"} if self.finance else ())

    @property
    def rights_count(self) -> bool:
        """Whether rights that were given hold by now (``services.rights``)."""
        return not self.rights_wait and (self.rights_from is None or self.rights_from <= now())


class RightOf(models.TextChoices):
    """The rights of ``kernel.actor`` in words."""

    FINANCE = "finance", _("Finance")
    OWNER = "owner", _("Owner")


class RightChange(models.Model):
    """One right of one of the platform's people, given or taken: who, why, when. Never changed (a trigger)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="right_changes")
    right = models.CharField(max_length=10, choices=RightOf)
    given = models.BooleanField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} {'+' if self.given else '-'}{self.right}"


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company's addresses are its own; others see the copy that an order keeps."""
        return self.filter(company_id=actor.company_id, removed_at=None)


class Address(models.Model):
    """Where goods go. An order keeps its own copy, so a later change here doesn't move it (F3, F10)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="addresses")
    name = models.CharField(_("receiver"), max_length=120)
    phone = models.CharField(_("phone"), max_length=32)
    line1 = models.CharField(_("street and number"), max_length=200)
    line2 = models.CharField(_("building, unit"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=120)
    region = models.CharField(_("state or province"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"{self.line1}, {self.city}"

    def snapshot(self) -> dict[str, str]:
        """Return the plain copy that an order keeps."""
        return {
            field: getattr(self, field)
            for field in ("name", "phone", "line1", "line2", "city", "region", "postcode", "country")
        }


class CodeGuess(models.Model):
    """How often somebody guessed at one code; ``name`` is a hash of session and code."""

    name = models.CharField(max_length=64, primary_key=True)
    guesses = models.PositiveSmallIntegerField()
    at = models.DateTimeField(help_text="Of the first guess.")

    class Meta:
        verbose_name_plural = "code guesses"

    def __str__(self) -> str:
        return f"{self.name[:8]}: {self.guesses}"
