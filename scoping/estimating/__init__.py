"""From scoping answers to a price: lines and their formulas, edits, versions that were sent."""
