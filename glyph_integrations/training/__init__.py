"""Training: so far the corpus that models learn to read pages from."""
