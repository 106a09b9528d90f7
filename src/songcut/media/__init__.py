"""Media files in and out: the only room that touches PyAV, whose types never leave it."""
