"""Triage: what a new issue needs, who should have it, and what is decided about it."""
