"""The image vocabulary: worlds with their shots, looks, colours and camera moves, as data."""
