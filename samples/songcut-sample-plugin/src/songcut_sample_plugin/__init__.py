"""Two small plugins for songcut, to copy from."""
