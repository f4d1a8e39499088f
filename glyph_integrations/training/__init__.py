"""Training: the corpus, and the stages by which a model learns to read pages."""
