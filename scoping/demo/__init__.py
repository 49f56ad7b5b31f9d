"""The demo: a services desk in the middle of a quarter, every person and customer invented.

People and accounts come first, then each issue's life is plotted backwards from where it stands
(:mod:`plots`), told forwards by the moves people would have made (:mod:`issues`), and written in
bulk (:mod:`writing`). The same seed tells the same desk all day long.
"""
