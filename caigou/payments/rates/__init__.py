"""Exchange rates, for estimates only (B9): what a listed price is worth in the reader's own currency.

No rate here ever moves money or enters an order's sum. Every estimate carries its rate, the day of it and who
published it; a missing rate is said so and never guessed.
"""
