"""Pairing: a device that is given the code on the screen gets its token, once."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from clinic_desktop.agent.local_api.bodies import Body, Text
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import Problem, declared
from clinic_desktop.agent.local_api.rules import ASK_LATER, KIB, Rule
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import pairing

RULES = (Rule("POST", "/v1/pair", None, limit=KIB, closed=ASK_LATER),)


class Code(Body):
    """The code that stands on the screen."""

    code: Text = Field(min_length=1, max_length=40)


class Token(BaseModel):
    """Who the device is from now on. The token is told this once."""

    id: str
    kind: str
    name: str
    scopes: list[str]
    token: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["pairing"])

    @routes.post("/v1/pair", status_code=201, responses=declared())
    def pair(body: Code) -> Token:
        """Give the code of the screen and get a token. A code lasts five minutes, five tries, one device."""
        clinic, token = context.opened(), pairing.new_token()
        desk = clinic.begin_devices()
        try:
            new = pairing.redeem_code(desk, body.code, token).device
        finally:
            clinic.sign_out(desk, "pairing ended")
        if new is None:
            raise Problem(403, _(N_("This code is not, or no longer, on the screen.")), "code")
        return Token(id=new.id, kind=new.kind, name=new.name, scopes=list(new.scopes), token=token)

    return routes
