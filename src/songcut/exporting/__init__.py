"""Timelines for other programs, and back."""
