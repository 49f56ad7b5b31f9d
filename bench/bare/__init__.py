"""The least Django that shows a desk's rows: sign in, ask, fill a plain template."""
