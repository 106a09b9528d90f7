"""Judging takes and choosing the ones that the film shows."""
