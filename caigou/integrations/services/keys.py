"""Keys of the API: made and shown once, found by their prefix, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import cast

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.integrations.models import ApiKey
from caigou.integrations.scopes import SCOPES, scopes_for
from caigou.integrations.services.letters import tell_company
from caigou.kernel.actor import Actor, Role
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.ids import new_public_id

log = structlog.get_logger(__name__)

#: How a key begins, so that scanners find one that was published.
MARK = "cgk_"
_PREFIX = 8
#: More than this and somebody makes a key for each call.
MOST_KEYS = 50


@transaction.atomic
def make_key(name: str, scopes: Iterable[str], *, by: Actor) -> tuple[ApiKey, str]:
    """Make a key of the actor's company; return it with its secret, which is shown once and never again (D5).

    Raises ``NotAllowed`` for anyone but a person with a seat at a buying or selling company, ``BadInput`` without
    a name or a scope, for a scope that isn't there, and when the company has too many keys.
    """
    if by.role not in {"buyer", "supplier"} or by.company_id is None or by.user_id is None or by.key is not None:
        raise NotAllowed(_("Only a person with a seat at a company makes keys for it."))
    name, chosen = " ".join(name.split())[:80], list(dict.fromkeys(scopes))
    if not name:
        raise BadInput(_("Give the key a name that tells where it is used."), fields={"name": ""})
    if not chosen or not set(chosen) <= scopes_for(by.role).keys():
        raise BadInput(_("Choose at least one thing that the key may do."), fields={"scopes": ""})
    # One at a time counts and adds.
    Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
    if ApiKey.objects.filter(company_id=by.company_id, revoked_at=None).count() >= MOST_KEYS:
        raise BadInput(_("The company has too many keys. Revoke one that is no longer used."))
    prefix = new_public_id()[:_PREFIX]
    text = f"{MARK}{prefix}_{secrets.token_urlsafe(24)}"
    key = ApiKey.objects.create(
        company_id=by.company_id,
        made_by_id=by.user_id,
        name=name,
        prefix=prefix,
        secret_hash=_hash(text),
        scopes=[scope for scope in SCOPES if scope in chosen],
        made_at=now(),
    )
    tell_company(key, "made")
    log.info("api key made", key=prefix, company=by.company_id, by=str(by), scopes=key.scopes)
    return key, text


@transaction.atomic
def revoke_key(key_id: int, *, by: Actor) -> ApiKey:
    """Let a key act no more, from the next request on. Safe to repeat.

    Raises ``NotAllowed`` for anyone but a person of its company.
    """
    key = ApiKey.objects.select_for_update().get(pk=key_id)
    if by.company_id != key.company_id or by.user_id is None or by.key is not None:
        raise NotAllowed(_("This key belongs to another company."))
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = now(), by.user_id
        key.save(update_fields=["revoked_at", "revoked_by"])
        tell_company(key, "revoked")
        log.info("api key revoked", key=key.prefix, company=key.company_id, by=str(by))
    return key


def find_key(text: str) -> ApiKey | None:
    """Return the key whose secret ``text`` is, with its company; None when it is unknown or acts no more."""
    prefix = text.removeprefix(MARK)[:_PREFIX]
    if not text.isascii() or not text.startswith(MARK) or not prefix.isalnum():
        return None
    active = ApiKey.objects.filter(prefix=prefix, revoked_at=None, made_by__is_active=True)
    # A seat that was taken away ends its maker's keys with the next request, as it ends the session's access.
    key = active.filter(made_by__seats__company_id=F("company_id")).select_related("company").first()
    if key is None or not hmac.compare_digest(key.secret_hash, _hash(text)):
        return None
    return key


def actor_of(key: ApiKey) -> Actor:
    """Return who acts: the maker's place at the company, with the key by its prefix in every journal and timeline."""
    return Actor(role=cast(Role, key.company.role), user_id=key.made_by_id, company_id=key.company_id, key=key.prefix)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def note_use(key: ApiKey) -> None:
    """Keep when the key was last used, to the minute: who asks does so once in each minute of use."""
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now())
