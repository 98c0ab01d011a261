"""Evaluation: data, settings, metrics, report."""
