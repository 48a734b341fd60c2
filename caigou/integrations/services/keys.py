"""Keys of the API: made and shown once, found by their prefix, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import cast

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.integrations.models import ApiKey
from caigou.integrations.scopes import SCOPES, scopes_for
from caigou.integrations.services.letters import tell_company
from caigou.integrations.services.limits import COUNTING, Counted, let_through, window_of
from caigou.kernel.actor import Actor, Role
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.ids import new_public_id
from caigou.kernel.prepared import fetch_all

log = structlog.get_logger(__name__)

#: How a key begins, so that scanners find one that was published.
MARK = "cgk_"
_PREFIX = 8
#: More than this and somebody makes a key for each call.
MOST_KEYS = 50
#: The columns of a company, as ``_USE`` ends.
_COMPANY = ("id", "public_id", "kind", "name_en", "name_zh", "country", "created_at")
#: The key whose secret has this hash, and how often it was used in this minute. A seat that was taken away ends its
#: maker's keys with the next request, as it ends the session's access. What is compared are hashes of 160 random bits:
#: how long that takes tells nobody a secret.
_USE = """
WITH found AS (
    SELECT k.id, k.name AS called, k.scopes, k.made_at, k.made_by_id, k.public_id, k.company_id,
           'api:' || k.prefix AS name
      FROM integrations_apikey k JOIN accounts_user u ON u.id = k.made_by_id AND u.is_active
     WHERE k.prefix = %s AND k.secret_hash = %s AND k.revoked_at IS NULL
       AND EXISTS (SELECT FROM accounts_seat s WHERE s.user_id = k.made_by_id AND s.company_id = k.company_id)
), counted AS (
    counting
)
SELECT f.id, f.called, f.scopes, f.made_at, f.made_by_id, f.public_id, n.since, n.counted,
       c.id, c.public_id, c.kind, c.name_en, c.name_zh, c.country, c.created_at
  FROM found f JOIN accounts_company c ON c.id = f.company_id, counted n
""".replace("counting", COUNTING.format(names="found"))


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


def find_key(text: str, *, limit: int) -> ApiKey | None:
    """Return the key whose secret ``text`` is, with its company; None when it is unknown or acts no more.

    Finding it is a use, counted in the same statement: raises ``TooMany`` beyond ``limit`` uses in a minute. Who knows
    the prefix only can't use up a company's limit. To be called outside a transaction, as ``limits.count``.
    """
    prefix = text.removeprefix(MARK)[:_PREFIX]
    if not text.isascii() or not text.startswith(MARK) or not prefix.isalnum():
        return None
    found = fetch_all(_USE, [prefix, _hash(text), window_of(now()), limit])
    if not found:
        return None
    [(key_id, name, scopes, made_at, made_by, public_id, since, turn, *company)] = found
    counted = let_through(Counted(turn, limit, since))
    key = ApiKey(
        id=key_id,
        public_id=public_id,
        company=Company.from_db(None, _COMPANY, company),
        made_by_id=made_by,
        name=name,
        prefix=prefix,
        scopes=scopes,
        made_at=made_at,
    )
    if counted.turn == 1:
        _note_use(key_id)
    return key


def actor_of(key: ApiKey) -> Actor:
    """Return who acts: the maker's place at the company, with the key by its prefix in every journal and timeline."""
    return Actor(role=cast(Role, key.company.role), user_id=key.made_by_id, company_id=key.company_id, key=key.prefix)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _note_use(key_id: int) -> None:
    """Keep when the key was last used, to the minute: once in each minute of use."""
    ApiKey.objects.filter(pk=key_id).update(last_used_at=now())
