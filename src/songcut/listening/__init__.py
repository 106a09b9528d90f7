"""Hearing a song: beats, sections, energy, accents, key and mood. Import the module you need; they load librosa."""
