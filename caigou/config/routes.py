"""Policies of the routes that a library wrote."""

from __future__ import annotations

from caigou.accounts.access import PERSON, PUBLIC, SIGNED, Access

#: What belongs to a company: proven by its key, which the door asks for; a browser's session opens none of it.
_KEYED = (
    "addresses",
    "balances",
    "exchange-quotes",
    "exchange-quotes-one",
    "exchange-quotes-one-accept",
    "key",
    "movements",
    "offers-one-accept",
    "offers-one-decline",
    "orders",
    "orders-one",
    "orders-one-cancel",
    "orders-one-confirm",
    "orders-one-pay",
    "orders-one-ship",
    "recharges",
    "recharges-one",
    "requests",
    "requests-one",
    "requests-one-offers",
    "requests-one-withdraw",
)

FOREIGN_ROUTES: dict[str, Access] = {
    **{f"api:{name}": SIGNED for name in _KEYED},
    "api:api-root": PUBLIC,
    "api:openapi-json": PUBLIC,
    "api:offers": PUBLIC,
    "api:product": PUBLIC,
    "api:search": PUBLIC,
    "api:suggest": PUBLIC,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_confirm_password_reset_code": PUBLIC,
    "account_complete_password_reset": PUBLIC,
    "account_password_reset_completed": PUBLIC,
    "account_change_password": PERSON,
    "account_set_password": PERSON,
    "account_email": PERSON,
    "account_reauthenticate": PERSON,
}
