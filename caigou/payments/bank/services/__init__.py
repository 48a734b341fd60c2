"""What can be done with bank transfers: one module a verb."""
