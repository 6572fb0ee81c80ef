"""The API put together: the routes of every subject inside the guard."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from clinic_desktop.agent.local_api.bodies import Kept
from clinic_desktop.agent.local_api.closed import NoKey, letter_of
from clinic_desktop.agent.local_api.context import ApiContext, locked
from clinic_desktop.agent.local_api.direct import Direct
from clinic_desktop.agent.local_api.problems import TYPE, Problem, of_refusal, of_trouble
from clinic_desktop.agent.local_api.routes import (
    documents,
    health,
    hooks,
    pages,
    pairing,
    patients,
    prints,
    queue,
    results,
    scans,
    vitals,
)
from clinic_desktop.agent.local_api.rules import Rule, Rules
from clinic_desktop.agent.local_api.security import Guard
from clinic_desktop.clock import to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_, _

# One entry for each subject: its rules, and what makes its routes. A new subject is a file and a line.
SUBJECTS: tuple[tuple[Iterable[Rule], Callable[[ApiContext], APIRouter]], ...] = (
    (health.RULES, health.router),
    (pairing.RULES, pairing.router),
    (vitals.RULES, vitals.router),
    (results.RULES, results.router),
    (scans.RULES, scans.router),
    (documents.RULES, documents.router),
    (patients.RULES, patients.router),
    (queue.RULES, queue.router),
    (hooks.RULES, hooks.router),
    (prints.RULES, prints.router),
    (pages.RULES, pages.router),
)


def build(context: ApiContext) -> Guard:
    """Make the ASGI application: nothing reaches a route but through the guard."""
    rules = Rules(rule for subject, _make in SUBJECTS for rule in subject)
    return Guard(routes(context), context, rules)


def routes(context: ApiContext) -> Direct:
    """Make the routes without the guard, which a test may want to look at."""
    api = FastAPI(
        title="Clinic Desktop",
        version="v1",
        description="What devices and pages of this clinic may ask and tell. Pair first, then send the token.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    made = [make(context) for _rules, make in SUBJECTS]
    for router in made:
        api.include_router(router)
    pages.describe(api)
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(NoKey, _sealing(context))
    api.add_exception_handler(Refusal, _refusal)
    api.add_exception_handler(Trouble, _trouble)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _fault)
    rules = (rule for subject, _make in SUBJECTS for rule in subject)
    return Direct(api, (route for router in made for route in router.routes), rules)


def _sealing(context: ApiContext) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is told while nobody has the key is sealed where the route says so; else the sender comes again."""

    async def no_key(request: Request, _error: Exception) -> Response:
        rule: Rule = request.scope["rule"]
        if context.seal is None or not rule.sealed:
            return _answer(locked(rule.closed))
        try:
            await run_in_threadpool(context.seal, letter_of(request, to_text(context.clock.now())))
        except Trouble as trouble:
            return _answer(of_trouble(trouble))
        kept = Kept(state="sealed", ids=[], review_id=None, why=_(N_("It is filed after the next sign-in.")))
        return JSONResponse(kept.model_dump(), 202)

    return no_key


async def _problem(_request: Request, error: Exception) -> Response:
    return _answer(error if isinstance(error, Problem) else Problem(500))


async def _refusal(_request: Request, error: Exception) -> Response:
    return _answer(of_refusal(error) if isinstance(error, Refusal) else Problem(500))


async def _trouble(_request: Request, error: Exception) -> Response:
    return _answer(of_trouble(error) if isinstance(error, Trouble) else Problem(500))


async def _fault(_request: Request, _error: Exception) -> Response:
    return _answer(Problem(500))


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _answer(Problem(status if status in {400, 404, 405} else 500))


async def _invalid(_request: Request, error: Exception) -> Response:
    """Name each field that was not right, and never repeat what stood in it."""
    found: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    errors = tuple((_where(one["loc"]), str(one["msg"])) for one in found[:20])
    return _answer(Problem(422, field=errors[0][0] if errors else None, errors=errors))


def _where(place: Iterable[object]) -> str:
    return ".".join(str(part) for part in place if part not in {"body", "query", "path", "header"}) or "body"


def _answer(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, dict(problem.headers), TYPE)
