"""A participant's file becomes a dataset, checked and split."""
