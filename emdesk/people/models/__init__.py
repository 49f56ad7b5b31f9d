from emdesk.people.models.absence import Absence
from emdesk.people.models.coverage import Coverage, Segment, Territory
from emdesk.people.models.role import LEADS, Level, Role
from emdesk.people.models.user import User

__all__ = ["LEADS", "Absence", "Coverage", "Level", "Role", "Segment", "Territory", "User"]
