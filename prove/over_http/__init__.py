"""The bank test once more, through the product's doors: clients, web processes, worker and database are killed."""
