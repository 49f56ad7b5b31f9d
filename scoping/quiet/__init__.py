"""The two-months rule: what nobody works on is told of, and at last closed lost as timed out.

Source: the seed on tracking opportunities; domain.md §10.6, Q-17, Q-18.
"""
