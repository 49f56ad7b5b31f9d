from scoping.models.account import Account
from scoping.models.actual import ActualHours
from scoping.models.catalogue import (
    BillRate,
    CatalogueActivity,
    CatalogueService,
    CatalogueVersion,
    CostRate,
    CostSheet,
    CustomerNeed,
    Guideline,
    PriceBand,
    Proposal,
    RateCard,
    ResourceRole,
    RoleHours,
    Sku,
)
from scoping.models.estimate import (
    Estimate,
    EstimateLine,
    EstimateStep,
    EstimateVersion,
    MarginReason,
)
from scoping.models.import_run import Deed, Former, ImportFile, ImportRun, Kind, Step
from scoping.models.imported import Imported
from scoping.models.intake import Billing, SchedulingIntake
from scoping.models.issue import ScopingIssue
from scoping.models.meeting import Meeting, MeetingKind
from scoping.models.opportunity import Confidence, ForecastCategory, Opportunity, Stage
from scoping.models.questionnaire import Answer, AnswerKind, Question, Source
from scoping.models.risk import Risk
from scoping.models.saved_view import Layout, SavedView
from scoping.models.search import Wording
from scoping.models.stay import Stay, TypicalStay
from scoping.models.triage import Awaited, Snooze
from scoping.models.webhook import Delivered, WebhookDelivery

__all__ = [
    "Account",
    "ActualHours",
    "Answer",
    "AnswerKind",
    "Awaited",
    "BillRate",
    "Billing",
    "CatalogueActivity",
    "CatalogueService",
    "CatalogueVersion",
    "Confidence",
    "CostRate",
    "CostSheet",
    "CustomerNeed",
    "Deed",
    "Delivered",
    "Estimate",
    "EstimateLine",
    "EstimateStep",
    "EstimateVersion",
    "ForecastCategory",
    "Former",
    "Guideline",
    "ImportFile",
    "ImportRun",
    "Imported",
    "Kind",
    "Layout",
    "MarginReason",
    "Meeting",
    "MeetingKind",
    "Opportunity",
    "PriceBand",
    "Proposal",
    "Question",
    "RateCard",
    "ResourceRole",
    "Risk",
    "RoleHours",
    "SavedView",
    "SchedulingIntake",
    "ScopingIssue",
    "Sku",
    "Snooze",
    "Source",
    "Stage",
    "Stay",
    "Step",
    "TypicalStay",
    "WebhookDelivery",
    "Wording",
]
