"""Fine-tuning workshop core: everything except the screen."""

__version__ = "0.1.0"
