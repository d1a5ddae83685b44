"""Evaluation: answers to held-out questions, scored without any key or network."""
