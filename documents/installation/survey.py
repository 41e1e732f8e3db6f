"""The facts of the survey report (N4), for its PDF."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents.document import Composed, Identity, Letterhead, PrintedPhoto, Signature, compose


@dataclass(frozen=True)
class PrintedPoint:
    location: str
    count: int
    remark: str = ""


@dataclass(frozen=True)
class PrintedMaterial:
    code: str
    description: str
    volume: Decimal
    measure: str


@dataclass(frozen=True)
class SurveyReport:
    """What was found. `result` is the worded result, `feasible` only colours it."""

    unit: str
    place: str
    ticket_number: str
    surveyed_on: date
    contact: str
    surveyors: tuple[str, ...]
    result: str
    feasible: bool
    condition: str
    points: tuple[PrintedPoint, ...]
    distribution_point: str
    distance: str
    floors: str
    cable: str
    cable_way: str
    power: str
    grounding: str
    obstacles: str
    materials: tuple[PrintedMaterial, ...]
    photos: tuple[PrintedPhoto, ...]
    signatures: tuple[Signature, ...]

    @property
    def point_total(self) -> int:
        return sum(point.count for point in self.points)


def compose_survey(identity: Identity, letterhead: Letterhead, survey: SurveyReport) -> Composed:
    """The survey report."""
    return compose("survey", identity, letterhead, survey)
