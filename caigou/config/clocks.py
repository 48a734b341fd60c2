"""What ticks: each clock does every deadline of its kind that is due."""

from __future__ import annotations

from caigou.accounts.guesses import forget_old_guesses
from caigou.catalogue.services.evidence import end_lapsed_marks
from caigou.files.sweep import sweep_hourly
from caigou.integrations.services.deliver import forget_old_messages
from caigou.integrations.services.once import forget_old_answers
from caigou.jobs.worker import Clock
from caigou.ledger.services import anchor_hourly, release_expired, seal_due
from caigou.ledger.services.daily import check_books_daily
from caigou.negotiation.services.answer import expire_offers
from caigou.negotiation.services.responses import figure_responses_hourly
from caigou.orders.services.confirm import confirm_due
from caigou.payments.bank.services.match import match_new
from caigou.payments.rates.services import fetch_due
from caigou.payments.services.ask import meet_all_waiting
from caigou.payments.settlements.services.fetch import fetch_reports_daily
from caigou.search.calls import join_scattered
from caigou.search.meaning.keeping import encode_new
from caigou.search.services import index_pending
from caigou.search.services.ageing import note_aged_daily
from caigou.search.services.alike import forget_asked_pictures
from caigou.search.services.looking import look_at_new
from caigou.statements.proofs.commit import commit_daily
from caigou.wallets.services.block import restrict_new_accounts
from caigou.wallets.services.compensate import pass_on_collected

CLOCKS: tuple[Clock, ...] = (
    expire_offers,
    confirm_due,
    match_new,
    meet_all_waiting,
    release_expired,
    seal_due,
    anchor_hourly,
    check_books_daily,
    index_pending,
    join_scattered,
    look_at_new,
    encode_new,
    forget_asked_pictures,
    forget_old_guesses,
    fetch_due,
    fetch_reports_daily,
    end_lapsed_marks,
    figure_responses_hourly,
    sweep_hourly,
    note_aged_daily,
    commit_daily,
    forget_old_answers,
    forget_old_messages,
    pass_on_collected,
    restrict_new_accounts,
)
