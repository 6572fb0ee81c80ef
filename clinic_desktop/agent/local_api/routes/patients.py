"""A patient by an exact number, for devices that may ask."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from clinic_desktop.agent.local_api.bodies import Text, device_of
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared, of_refusal
from clinic_desktop.agent.local_api.rules import Rule
from clinic_desktop.domain.pairing import LOOKUP
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import device_views

RULES = (Rule("GET", "/v1/patients/{number}", LOOKUP),)


class Person(BaseModel):
    """As much as the person in front of the device needs to say that it is them."""

    number: str
    name: str
    born_on: str | None
    sex: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["patients"])

    @routes.get("/v1/patients/{number}", responses=declared(404))
    def person(request: Request, number: Annotated[Text, Path(max_length=120)]) -> Person:
        """Show the one patient who bears exactly this number; who looked stands in the access log."""
        desk = context.desk(device_of(request))
        try:
            found = device_views.person_by_number(desk, number)
        except Refusal as refused:
            raise of_refusal(refused, 404 if refused.field == "number" else 403) from refused
        return Person(number=found.mrn, name=found.name, born_on=found.born_on, sex=found.sex)

    return routes
