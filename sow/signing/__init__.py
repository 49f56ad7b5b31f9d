"""Signatures: a stamped file goes to its signers, and comes back executed (domain.md §9.4, Q-04 to Q-06).

- :func:`sending.send` by the EM to our signatories, :func:`sending.route` by the deal's
  communication owner to the customer;
- :mod:`turning` asks whose turn it is: our side by an approval (:mod:`ours`), the customer by a
  personal link (:mod:`links`) with a code by mail (:mod:`codes`);
- :mod:`ceremony` takes signatures and refusals, :mod:`ending` recalls and voids, :mod:`minding`
  reminds and lets expire;
- :mod:`executing` makes the one sealed file with its evidence, :mod:`elsewhere` takes one that was
  signed elsewhere, :mod:`envelopes` hears of it from signature services.

Whoever writes about a signing holds the lock of its issue, so of two at once one is told.
"""
