"""Base models of the catalogue, and what a trained model's folder holds."""
