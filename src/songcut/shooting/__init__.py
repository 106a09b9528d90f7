"""Takes for the shots: made by procedural pictures, found in footage, or ordered from a backend."""
