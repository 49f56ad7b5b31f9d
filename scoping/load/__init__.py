"""Load: what every engagement manager has, what nobody covers, and handing over."""
