"""What clocks bring to the ledger."""

from emdesk.ledger.recording import projections
from emdesk.sla import sentences  # noqa: F401 (they register)
from emdesk.sla.projecting import CLOCKS

projections.append(CLOCKS)
