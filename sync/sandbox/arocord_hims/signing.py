"""Signing in to AROCORD, for staff and for patients, and its webhook subscriptions."""

from collections.abc import Sequence

from sync.sandbox.answers import one
from sync.sandbox.arocord_hims import samples
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.sessions import Account, Session, same, token
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

LOGIN = Shape({"username": "text!", "password": "text!", "mfa_code": "text"})
PORTAL_LOGIN = Shape({"email": "text!", "password": "text!"})
REFRESH = Shape({"refresh_token": "text!"})
EVENTS = ("appointment.created", "appointment.updated", "prescription.ready", "lab.results", "billing.invoice")
WEBHOOK = Shape({"url": "text!", "events": "texts!", "secret": "text!", "active": "boolean"})
ACCESS_SECONDS = 3600.0
REFRESH_SECONDS = 7 * 86400.0


def login(call: Call) -> Response:
    """``POST /auth/login``: name, password and the code of the second factor."""
    given = call.checked(LOGIN)
    who = _account(samples.ACCOUNTS, given["username"], given["password"], given.get("mfa_code"))
    may = frozenset({"staff", who.role})
    user = {
        "id": who.ident,
        "username": who.name,
        "email": f"{who.name}@hims.com",
        "role": who.role,
        **_named(call, who),
    }
    return answer(200, {"success": True, "data": {"user": user, "tokens": tokens(call, who.ident, may)}})


def tokens(call: Call, who: str, may: frozenset[str], patient: str = "") -> Record:
    """A pair of tokens."""
    seconds = call.system.knobs.token_seconds or ACCESS_SECONDS
    access = token(call.system, Session(who, may, call.now + seconds, patient=patient))
    renewal = token(call.system, Session(who, may, call.now + REFRESH_SECONDS, "refresh", patient))
    return {"access_token": access, "refresh_token": renewal, "expires_in": int(seconds)}


def refresh(call: Call) -> Response:
    """``POST /auth/refresh``: the refresh token is good once, and a new pair comes."""
    given = call.checked(REFRESH)
    old = call.system.sessions.get(given["refresh_token"])
    if old is None or old.kind != "refresh" or old.until <= call.now:
        raise Problem(401, "Invalid or expired refresh token")
    del call.system.sessions[given["refresh_token"]]
    return one(call, "tokens", tokens(call, old.who, old.may, old.patient))


def logout(call: Call) -> Response:
    """``POST /auth/logout``: ends all of the person's sessions."""
    who = call.session.who if call.session else ""
    for value, session in list(call.system.sessions.items()):
        if session.who == who:
            del call.system.sessions[value]
    return answer(200, {"success": True, "data": {"message": "Logged out"}})


def portal(call: Call) -> Response:
    """``POST /patient-portal/login``."""
    given = call.checked(PORTAL_LOGIN)
    who = _account(samples.PORTAL, given["email"], given["password"], "")
    patient = call.found("patients", who.ident)
    shown = {name: patient[name] for name in ("id", "mrn", "first_name", "last_name")}
    made = tokens(call, who.name, frozenset({"patient"}), who.ident)
    return answer(200, {"success": True, "data": {"patient": shown, "tokens": made}})


def subscribe(call: Call) -> Response:
    """``POST /webhooks``: the same address twice is two subscriptions."""
    given = call.checked(WEBHOOK)
    odd = [event for event in given["events"] if event not in EVENTS]
    if odd or not given["url"].startswith(("http://", "https://")):
        fault = ("events", f"no such event: {odd[0]}") if odd else ("url", "must be an http or https address")
        raise Problem(400, "Invalid request data", fields=(fault,))
    made = call.new("webhooks", {**given, "active": given.get("active", True)})
    return one(call, "webhook", {name: made[name] for name in made if name != "secret"}, 201)


def _account(accounts: Sequence[Account], name: str, password: str, code: object) -> Account:
    for account in accounts:
        if account.name == name and same(password, account.password) and (not account.code or same(code, account.code)):
            return account
    raise Problem(401, "Invalid credentials")


def _named(call: Call, who: Account) -> Record:
    doctor = call.get("doctors", who.ident) or {"first_name": "System", "last_name": "Administrator"}
    return {name: doctor[name] for name in ("first_name", "last_name")}


ROUTES = (
    Route("POST", "/auth/login", login, "auth", free=True),
    Route("POST", "/auth/refresh", refresh, "auth", free=True),
    Route("POST", "/auth/logout", logout, "auth"),
    Route("POST", "/patient-portal/login", portal, "auth", free=True),
    Route("POST", "/webhooks", subscribe, "write", ("staff",)),
)
