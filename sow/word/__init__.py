"""Statements of work as Word files: written, opened with care when they come back, and read."""
