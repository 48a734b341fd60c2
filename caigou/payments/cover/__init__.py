"""Covering trades: what customers' exchanges left the house with is exchanged at its own banks; decision 0054."""
