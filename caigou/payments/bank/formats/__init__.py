"""Bank statements as banks write them: camt.053, camt.054, MT940, and tables whose columns a person named once."""
