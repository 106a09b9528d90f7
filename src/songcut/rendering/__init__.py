"""Rendering: from a timeline to the film's file."""
