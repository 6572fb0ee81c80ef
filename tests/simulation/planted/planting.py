"""Puts a fault into a shipped function: its source with one text replaced, compiled, and taken out again."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType


@dataclass(frozen=True)
class Plant:
    """One fault: in which function of which module, what stands there, and what is put in its place."""

    name: str
    where: str  # module:function, or module:Class.method, or module:CONSTANT
    old: str
    new: str
    seed: int = -1  # a schedule that catches it, tried first
    flow: str = ""  # or the flow that does


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    """The engine with the fault in it."""
    module_name, _, place = plant.where.partition(":")
    module = importlib.import_module(f"sync.engine.{module_name}")
    if place.isupper():
        with _constant(place, getattr(module, place), type(getattr(module, place))(plant.new)):
            yield
        return
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    code = _code(compile(_patched(source, place, plant), str(module.__file__), "exec"), place)
    target: object = module
    for part in place.split("."):
        target = vars(target)[part]
    assert isinstance(target, FunctionType)
    before = target.__code__
    target.__code__ = code
    try:
        yield
    finally:
        target.__code__ = before


def _patched(source: str, place: str, plant: Plant) -> str:
    """The module's source with the fault in that function alone."""
    head = f"def {place.rpartition('.')[2]}("
    at = source.index(head, source.index(f"class {place.partition('.')[0]}") if "." in place else 0)
    assert plant.old in source[at:], f"{plant.name}: what it would replace does not stand there any more"
    return source[:at] + source[at:].replace(plant.old, plant.new, 1)


def _code(code: CodeType, place: str) -> CodeType:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_qualname == place:
                return one
            if place.startswith(f"{one.co_qualname}."):
                return _code(one, place)
    raise LookupError(place)


@contextmanager
def _constant(name: str, before: object, after: object) -> Iterator[None]:
    changed = [
        module
        for module in [*sys.modules.values()]
        if getattr(module, "__name__", "").startswith("sync.engine") and getattr(module, name, None) is before
    ]
    for module in changed:
        setattr(module, name, after)
    try:
        yield
    finally:
        for module in changed:
            setattr(module, name, before)
