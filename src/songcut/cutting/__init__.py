"""Cutting: where the cuts fall on the music, and the timeline that follows from the selects."""
