"""Documents in: PDF and pictures, into the patient's documents or for review."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from pydantic import Field
from starlette.responses import JSONResponse

from clinic_desktop.agent.local_api.bodies import LONGEST_KEY, Body, Kept, Text, Whom, answer, device_of, told_by
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.domain.contents import DEFAULT_LIMIT_MB
from clinic_desktop.domain.pairing import DOCUMENTS
from clinic_desktop.services import device_intake
from clinic_desktop.services.device_papers import read_paper

# Base64 makes four letters of three bytes.
_LETTERS = DEFAULT_LIMIT_MB * 1024 * KIB * 4 // 3 + 4
RULES = (Rule("POST", "/v1/documents", DOCUMENTS, limit=_LETTERS + 16 * KIB, seconds=120.0),)


class Document(Body):
    """A document: `kind` as the clinic names it (``laboratory_report``, ``letter``, ``insurance_card`` ...)."""

    patient: Whom = Whom()
    kind: Text = Field(max_length=60)
    title: Text = Field(min_length=1, max_length=200)
    file_name: Text = Field(default="scan", max_length=255)
    content: str = Field(min_length=1, max_length=_LETTERS, description="The file in base64: PDF, PNG, JPEG or text.")


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["documents"])
    answers = declared(409) | {202: {"model": Kept, "description": "Kept for a person to decide"}}

    @routes.post("/v1/documents", status_code=201, response_model=Kept, responses=answers)
    def take(
        request: Request,
        body: Document,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=LONGEST_KEY)] = None,
    ) -> JSONResponse:
        """Keep a document with the patient whom a number and a second thing name, else for review."""
        paper = read_paper(body.model_dump(exclude={"patient"}))
        desk = context.desk(device_of(request))
        kept = device_intake.take_paper(desk, told_by(request, idempotency_key), body.patient.named(), paper)
        if kept["state"] == "review":
            context.received({"event": "review", "id": kept["review_id"], "subject": "document"})
        return answer(kept)

    return routes
