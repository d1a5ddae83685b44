"""Where a dataset may be trained: what each place accepts, and the file it wants."""
