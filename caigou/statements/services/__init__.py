"""What is put on paper, and when: one module a verb."""
