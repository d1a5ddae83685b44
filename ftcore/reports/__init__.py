"""Reports: what a participant takes along and presents."""
