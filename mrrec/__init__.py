"""mrrec: a conversational recommender that remembers, reasons and shows its work."""

__version__ = "0.1.0"
