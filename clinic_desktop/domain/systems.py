"""The documented systems by name: what people call each, how it is signed in to, and what may be set for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from clinic_desktop.domain.refusals import Refusal

# What a file of secrets may hold; which of them a system uses, its sign-in decides.
SECRETS = (
    "token", "refresh_token", "username", "password", "mfa_code", "client_id", "client_secret", "scope", "api_key",
    "webhook_secret",
)  # fmt: skip
LONGEST_SECRET = 16_384
# The systems whose documents describe webhooks, and the setting that names what forwards them to this machine.
WEBHOOKS = ("healify", "arocord_hims", "practice_studio")
WEBHOOK_HOST = "webhook.host"
NO_HOST = "none"
_HOST_MEANT = "The public name that forwards its webhooks to this machine, such as hooks.clinic.example; none ends it"
_HOST = re.compile(
    r"(?=.{4,253}(?::|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])(:[1-9][0-9]{0,4})?"
)
_SETTING = re.compile(r"[A-Za-z0-9_.:/+-]{1,200}")


@dataclass(frozen=True)
class System:
    """One documented system. `base` is the address that its document names, with its own host left to the clinic."""

    name: str
    title: str
    base: str
    signs_in_with: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


SYSTEMS: Mapping[str, System] = {
    each.name: each
    for each in (
        System("healify", "Healify", "https://…", ("token",), {WEBHOOK_HOST: _HOST_MEANT}),
        System(
            "arocord_hims", "AROCORD-HIMS", "https://…/v1", ("username", "password", "mfa_code"),
            {"steps": "The names of the eleven consultation steps, joined by plus signs", WEBHOOK_HOST: _HOST_MEANT},
        ),
        System(
            "hms_enterprise", "HMS Enterprise-Grade", "https://…", ("username", "password", "mfa_code"),
            {"graphql": "Where its GraphQL answers, such as /graphql"},
        ),
        System(
            "practice_studio", "Practice Studio", "https://…", ("client_id", "client_secret", "scope"),
            {"tier": "The limit it was bought with: standard or premium", WEBHOOK_HOST: _HOST_MEANT},
        ),
        System("healthcare_records", "Healthcare Records", "https://…/api/v1/healthcare-records", ("token",)),
    )
}  # fmt: skip


def require_system(name: str) -> System:
    """The system of a name. Raises Refusal."""
    if name not in SYSTEMS:
        raise Refusal(
            "There is no system “{name}”. Known: {known}.", field="system", name=name, known=", ".join(SYSTEMS)
        )
    return SYSTEMS[name]


def require_base_url(url: str) -> str:
    """The address without its last slash: https, or http on this very machine. Raises Refusal."""
    text = url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        raise Refusal("This is no address.", field="base_url") from None
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and here)):
        raise Refusal("An address begins with https:// (http:// is for this machine alone).", field="base_url")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Refusal("An address is a host and a path, with no name, password or question in it.", field="base_url")
    return text


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of one host, spoken to alike, at one port."""
    a, b = urlsplit(one), urlsplit(other)
    ports = [one.port or {"https": 443, "http": 80}.get(one.scheme) for one in (a, b)]
    return (a.scheme, a.hostname) == (b.scheme, b.hostname) and ports[0] == ports[1]


def require_secrets(secrets: Mapping[str, object]) -> dict[str, str]:
    """What a system is signed in to with, each a text. Raises Refusal naming the field, never its value."""
    known = dict.fromkeys(SECRETS)
    for name, value in secrets.items():
        if name not in known:
            raise Refusal("“{name}” is nothing that a system is signed in to with.", field="secret", name=name[:40])
        if not isinstance(value, str) or not value or len(value) > LONGEST_SECRET or not value.isprintable():
            raise Refusal("“{name}” is a text of one line.", field="secret", name=name)
    if not secrets:
        raise Refusal("There is nothing to sign in with.", field="secret")
    return {name: str(value) for name, value in secrets.items()}


def require_setting(system: System, key: str, value: str) -> None:
    """Refuse what may not be set for a system."""
    if key not in system.settings:
        known = ", ".join(system.settings) or "—"
        raise Refusal(
            "Nothing called “{key}” is set for this system. Known: {known}.", field="key", key=key, known=known
        )
    if _SETTING.fullmatch(value) is None:
        raise Refusal("This value cannot be set.", field="value")
    if key == WEBHOOK_HOST and value != NO_HOST and (_HOST.fullmatch(value) is None or value.endswith(".localhost")):
        raise Refusal(
            "Give the public name alone, in small letters, such as hooks.clinic.example, or none.", field="value"
        )
