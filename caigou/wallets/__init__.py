"""What a company may do with its wallet: linked instruments, source of funds, authorisations, compensation, debts."""
