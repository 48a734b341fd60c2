"""Calls to the outside and other long work, by name: made by the worker, outside any transaction."""

from __future__ import annotations

from caigou.accounts.services import right_letters, seat_letters
from caigou.adapters.sandbox_gateway import gateway as sandbox
from caigou.adapters.sandbox_gateway.refunds import DELIVER as SANDBOX_DELIVER
from caigou.catalogue.services import imports
from caigou.integrations.services import deliver
from caigou.integrations.services import letters as key_letters
from caigou.jobs.calls import CallFunction
from caigou.ledger.services import daily
from caigou.payments.payouts.services import letters as account_letters
from caigou.payments.rates import services as rates
from caigou.payments.refunds.services import send
from caigou.payments.services import recharge
from caigou.payments.settlements.services import fetch
from caigou.search import calls as search
from caigou.wallets.services import letters as service_letters

CALLS: dict[str, CallFunction] = {
    imports.IMPORT_CALL: imports.run_import_call,
    daily.CHECK_CALL: daily.check_call,
    rates.FETCH_CALL: rates.fetch_call,
    recharge.ASK: recharge.ask_gateway,
    recharge.REFUND: send.drive,
    fetch.FETCH: fetch.fetch_report,
    deliver.DELIVER: deliver.deliver,
    right_letters.WRITE_CALL: right_letters.write_call,
    seat_letters.WRITE_CALL: seat_letters.write_call,
    key_letters.WRITE_CALL: key_letters.write_call,
    account_letters.WRITE_CALL: account_letters.write_call,
    service_letters.WRITE_CALL: service_letters.write_call,
    search.REINDEX_CALL: search.reindex_call,
    SANDBOX_DELIVER: sandbox.deliver_webhook,
}
