"""A trained model, or one of its baselines, answers."""
