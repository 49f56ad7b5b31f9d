"""Bringing work over from where it lived: files are read, judged row by row, applied in one go."""
