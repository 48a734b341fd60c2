"""Inquiries and offers: what a buyer asks, what a supplier binds itself to, and the moment both are held to it."""
