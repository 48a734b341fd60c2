"""Excel workbooks of strangers, read by a child process that has nothing to steal: goods, prices, bank statements."""
