"""The table of who may do what, in words."""

from dataclasses import dataclass

from clinic_desktop.services import permissions


@dataclass(frozen=True)
class RoleRow:
    """One act and the roles that may do it."""

    subject: str
    act: str
    roles: frozenset[str]


def role_rows() -> list[RoleRow]:
    """The table of roles and acts, in words."""
    found = []
    for name, roles in permissions.ACTS.items():
        subject, act = name.split(".", 1)
        found.append(RoleRow(subject.replace("_", " ").capitalize(), act.replace("_", " "), roles))
    return sorted(found, key=lambda row: (row.subject, row.act))
