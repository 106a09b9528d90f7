"""songcut."""
