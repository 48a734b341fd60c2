"""Tables of bank transfers; docs/decisions/0038-bank-transfers.md says why they are cut like this."""

from caigou.payments.bank.models.accounts import AccountStatus, BankAccount, VirtualAccount
from caigou.payments.bank.models.statements import BankLine, BankStatement, LineStatus, StatementColumns, Verdict
from caigou.payments.bank.models.suspense import BankReceipt, DecisionStatus, SuspenseDecision
from caigou.payments.bank.models.transfers import CorporateTransfer, TransferStatus

__all__ = [
    "AccountStatus",
    "BankAccount",
    "BankLine",
    "BankReceipt",
    "BankStatement",
    "CorporateTransfer",
    "DecisionStatus",
    "LineStatus",
    "StatementColumns",
    "SuspenseDecision",
    "TransferStatus",
    "Verdict",
    "VirtualAccount",
]
