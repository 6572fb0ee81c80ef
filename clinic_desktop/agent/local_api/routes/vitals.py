"""Vital signs in: a plain form, or data points of Open mHealth."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import Field
from starlette.responses import JSONResponse

from clinic_desktop.agent.local_api.bodies import LONGEST_KEY, Body, Kept, Text, Whom, answer, device_of, told_by
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.domain.openmhealth import POINTS
from clinic_desktop.domain.pairing import VITALS
from clinic_desktop.services import device_intake
from clinic_desktop.services.device_vitals import read_vitals

RULES = (
    Rule("POST", "/v1/vitals", VITALS),
    Rule("POST", "/v1/vitals/openmhealth", VITALS, limit=256 * KIB),
)
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)]
Encounter = Annotated[Text | None, Field(max_length=64, description="The id of an open visit, as its card carries it.")]


class Form(Body):
    """A plain form: for each sign what a person would type, as ``{"pressure": "120/80", "temperature": "98.6 F"}``."""

    patient: Whom = Whom()
    encounter: Encounter = None
    values: dict[Text, Text] = Field(min_length=1, max_length=20)
    taken_at: Text | None = Field(
        None, max_length=40, description="RFC 3339 with its offset; now where it is left out."
    )
    note: Text | None = Field(default=None, max_length=1000)


class Points(Body):
    """Data points as Open mHealth writes them, each with its header or the body alone."""

    patient: Whom = Whom()
    encounter: Encounter = None
    data_points: list[dict[str, Any]] = Field(min_length=1, max_length=POINTS)


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["vitals"])
    answers = declared(409) | {202: {"model": Kept, "description": "Kept for a person to decide"}}

    def take(request: Request, body: Form | Points, key: str | None) -> JSONResponse:
        measured = read_vitals(body.model_dump(include={"values", "taken_at", "note", "data_points"}))
        desk = context.desk(device_of(request))
        kept = device_intake.take_vitals(desk, told_by(request, key), body.patient.named(), measured, body.encounter)
        if kept["state"] == "review":
            context.received({"event": "review", "id": kept["review_id"], "subject": "vitals"})
        return answer(kept)

    @routes.post("/v1/vitals", status_code=201, response_model=Kept, responses=answers)
    def form(request: Request, body: Form, idempotency_key: Key = None) -> JSONResponse:
        """Keep vital signs. They stand in the chart where a number and a second thing agree, else they wait."""
        return take(request, body, idempotency_key)

    @routes.post("/v1/vitals/openmhealth", status_code=201, response_model=Kept, responses=answers)
    def points(request: Request, body: Points, idempotency_key: Key = None) -> JSONResponse:
        """Keep data points of Open mHealth. The id of a single point is its key where no other is given."""
        return take(request, body, idempotency_key or _own_key(body.data_points))

    return routes


def _own_key(points: list[dict[str, Any]]) -> str | None:
    header = points[0].get("header") if len(points) == 1 else None
    own = header.get("id") if isinstance(header, dict) else None
    fits = isinstance(own, str) and own.isascii() and own.isprintable() and 0 < len(own) <= LONGEST_KEY
    return f"omh:{own}" if fits else None
