from scoping.models.account import Account
from scoping.models.imported import Imported
from scoping.models.issue import ScopingIssue
from scoping.models.meeting import Meeting, MeetingKind
from scoping.models.opportunity import Confidence, ForecastCategory, Opportunity, Stage
from scoping.models.questionnaire import Answer, AnswerKind, Question, Source
from scoping.models.stay import Stay, TypicalStay

__all__ = [
    "Account",
    "Answer",
    "AnswerKind",
    "Confidence",
    "ForecastCategory",
    "Imported",
    "Meeting",
    "MeetingKind",
    "Opportunity",
    "Question",
    "ScopingIssue",
    "Source",
    "Stage",
    "Stay",
    "TypicalStay",
]
