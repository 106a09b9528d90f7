"""The words of the song: LRC and plain text, from files and tags, timed or to be placed."""
