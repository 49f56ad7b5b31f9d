"""Approvals: who is asked to decide about a document, in which order, and what they said.

An upper package declares a :class:`~emdesk.approvals.chains.Chain` of gates for one sort of
document, from ``AppConfig.ready()``; the engine knows neither the document nor its pages. Gates of
one ``place`` are asked at the same time, those of the next when all of the one before approved.
Which gates a document passes through is decided when it is asked for, by each gate's ``needed``,
which reads settings by their date. What may be done afterwards:

- :func:`asking.preview` who would be asked, and what an earlier approval still covers;
- :func:`asking.request` pins the document by its digest and asks; :func:`asking.supersede` ends
  what is open about an earlier one;
- :func:`deciding.decide`, :func:`deciding.recall`;
- :func:`passing.delegate`, :func:`passing.reassign`, and :func:`passing.settle` for absences;
- :func:`inquiring.ask` and :func:`inquiring.answer`;
- :func:`standings.approval_of` for guards: how a document stands.

Everything is an event of the request's subject, written while the subject is locked, so of two
who decide at once one is told of the other.

The chain of a SOW (domain.md §5.1, §5.2) is data on top of this::

    register(Chain(
        key="sow", name="Approval of the SOW", subject="scoping.scopingissue",
        evidence=evidence_of, brief=brief_of, asks=works_issue, reassigns=leads,
        gates=(
            Gate("architect", "Architect's review", "the technical architects",
                 (Role.TECHNICAL_ARCHITECT,), needed=never_seen, place=1,
                 named=architect_of, carries=unless_changed("price", "scope")),
            Gate("delivery", "Delivery's approval", "the delivery managers",
                 (Role.DELIVERY_MANAGER,), needed=while_switched_on, place=2,
                 named=delivery_manager_of, carries=unless_changed("scope", "dates")),
            Gate("account_team", ..., (Role.ACCOUNT_TEAM,), place=3, named=requester_of),
            Gate("revenue", ..., (Role.REVENUE,), place=4),
            Gate("ps_leadership", ..., (Role.PS_LEADERSHIP,), place=4),
            Gate("legal", ..., (Role.LEGAL,), place=5),
            Gate("signatory", ..., (Role.SIGNATORY,), place=6),
        ),
    ))

``carries`` gets the evidence that was approved and the new one, with the ``facts`` each pinned, so
what voids an approval is a comparison of facts; ``places`` of a chain lets a setting turn parallel
gates into a sequence. Nobody decides two gates of one request, nor about what they wrote or asked
for, also not for somebody else; who stands in must hold the gate's role themselves.
"""
