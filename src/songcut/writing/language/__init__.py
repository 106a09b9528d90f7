"""How a film is filmed, in words: looks, colours, moves, moods; as data."""
