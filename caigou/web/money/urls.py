"""Addresses of the money pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.money import (
    blocks,
    documents,
    exchange,
    instruments,
    leaving,
    payouts,
    proofs,
    recharges,
    refunds,
    statements,
    transfers,
    views,
)

urlpatterns: list[URLPattern] = [
    path("money/", views.money, name="money"),
    path("money/statements/", statements.statements, name="statements"),
    path("money/statements/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("money/statements/statement.csv", statements.statement_csv, name="statement_csv"),
    path("money/documents/", documents.documents, name="documents"),
    path("money/documents/<slug:public_id>.pdf", documents.document_pdf, name="document_pdf"),
    path("money/accounts/", instruments.instruments, name="instruments"),
    path("money/accounts/<slug:public_id>/remove/", instruments.instrument_remove, name="instrument_remove"),
    path("money/funds/", instruments.funds, name="funds"),
    path("money/authorisations/", instruments.authorisations, name="authorisations"),
    path(
        "money/authorisations/<slug:public_id>/revoke/", instruments.authorisation_revoke, name="authorisation_revoke"
    ),
    path("money/block/", blocks.block, name="block"),
    path("money/block/<str:token>/", blocks.block_link, name="block_by_link"),
    path("money/leaving/", leaving.leaving, name="leaving"),
    path("money/leaving/everything.zip", leaving.leaving_zip, name="leaving_zip"),
    path("balances/", proofs.proofs, name="proofs"),
    path("balances/<slug:seal>/proof.json", proofs.proof, name="proof"),
    path("money/recharge/", recharges.recharge, name="recharge"),
    path("money/recharge/<slug:public_id>/", recharges.recharge_state, name="recharge_state"),
    path("money/recharge/<slug:public_id>/go/", recharges.recharge_go, name="recharge_go"),
    path("money/recharge/<slug:public_id>/refund/", refunds.refund_new, name="refund_new"),
    path("money/refunds/", refunds.refunds, name="refunds"),
    path("money/refunds/transfers/<slug:public_id>/", refunds.line_back, name="line_back"),
    path("money/refunds/<slug:public_id>/", refunds.refund, name="refund"),
    path("money/exchange/", exchange.exchange, name="exchange"),
    path("money/exchange/<slug:public_id>/", exchange.exchange_quote, name="exchange_quote"),
    path("money/transfer/", transfers.transfer_new, name="transfer_new"),
    path("money/transfer/<slug:public_id>/", transfers.transfer, name="transfer"),
    path("money/payouts/", payouts.payouts, name="payouts"),
]
