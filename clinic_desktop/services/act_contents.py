"""What an act was told and what it answered, as they are kept under its id, so that it is done once."""

import dataclasses
import hashlib
import json
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeGuard, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R")

IN_ACT = ("digest", "plain", "replay")


def digest(args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """What an act was told, so that the same id with other contents is never answered as if it had been done."""
    words = json.dumps([args, kwargs], default=_said, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _said(value: object) -> object:
    if _is_value(value):
        # A secret is left out: a quick digest of a password must lie nowhere.
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.repr}
    if isinstance(value, (date, Decimal)):
        return str(value)
    # What holds files or keys (a clinic's key slots) is the same for the whole session.
    return type(value).__name__


def _is_value(value: object) -> TypeGuard["DataclassInstance"]:
    """Whether it is plain facts: a frozen dataclass, not one that holds files or keys."""
    return bool(getattr(getattr(type(value), "__dataclass_params__", None), "frozen", False))


def replay(function: Callable[..., R], result: str) -> R:
    """Give the answer of an act that was done before."""
    # pydantic costs 0.1 s to import and is needed only where an act was sent twice.
    from pydantic import TypeAdapter

    returned = typing.get_type_hints(function)["return"]
    adapter: TypeAdapter[R] = TypeAdapter(returned)
    return adapter.validate_json(result)


def plain(value: object) -> object:
    """Write what JSON has no form for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"an act cannot answer with {type(value).__name__}")
