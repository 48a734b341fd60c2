"""Orders: placed under a sealed offer, paid into escrow, shipped, confirmed; one timeline for both sides."""
