"""The top floor: settings, URLs, and the tables of who hears which event and who answers which question."""
