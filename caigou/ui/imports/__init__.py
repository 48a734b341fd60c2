"""Pages of the import that the console and the supplier's workspace share: forms, tables, the report."""
