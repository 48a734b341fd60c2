"""What the books say on paper: statements of account, invoices and credit notes, and proofs of balances."""
