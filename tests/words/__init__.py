"""Every sentence can be said in both languages, and is."""
