"""A dataset trains a model through a job."""
