"""The list of issues: its columns, order, pages and totals."""
