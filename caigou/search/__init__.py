"""Find goods in English and Chinese (F4, F5). PostgreSQL holds the truth; the index is rebuilt from it at any time."""
