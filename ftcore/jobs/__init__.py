"""Training and evaluation as work that outlives a page."""
