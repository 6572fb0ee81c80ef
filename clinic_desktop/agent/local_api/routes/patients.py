"""A patient by an exact number, for devices that may ask."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from clinic_desktop.agent.local_api.bodies import Text, device_of
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared, of_refusal
from clinic_desktop.agent.local_api.rules import ASK_LATER, Rule
from clinic_desktop.domain.pairing import LOOKUP
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import device_views

RULES = (Rule("GET", "/v1/patients/{number}", LOOKUP, direct=True, closed=ASK_LATER),)


class Person(BaseModel):
    """As much as the person in front of the device needs to say that it is them."""

    number: str
    name: str
    born_on: str | None
    sex: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["patients"])

    @routes.get("/v1/patients/{number}", response_model=Person, responses=declared(404))
    async def person(request: Request, number: Annotated[Text, Path(max_length=120)]) -> Response:
        """Show the one patient who bears exactly this number; who looked stands in the access log."""
        try:
            found = await context.ask(device_of(request), lambda desk: device_views.person_by_number(desk, number))
        except Refusal as refused:
            raise of_refusal(refused, 404 if refused.field == "number" else 403) from refused
        shown = Person(number=found.mrn, name=found.name, born_on=found.born_on, sex=found.sex)
        return Response(shown.model_dump_json(), media_type="application/json")

    return routes
