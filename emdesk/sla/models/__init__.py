from emdesk.sla.models.clock import Clock, CountsIn
from emdesk.sla.models.policy import Policy, Step
from emdesk.sla.states import ENDED, LIVE, State

__all__ = ["ENDED", "LIVE", "Clock", "CountsIn", "Policy", "State", "Step"]
