"""The language model behind a small interface."""
