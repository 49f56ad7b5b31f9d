"""The clauses and the template a new desk begins with."""
