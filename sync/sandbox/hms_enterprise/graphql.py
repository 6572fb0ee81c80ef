"""HMS by GraphQL: one patient with what belongs to them, and a new encounter. Names are in camel case."""

import re
from collections.abc import Callable
from typing import Any

from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.encounters import ENCOUNTER, made
from sync.sandbox.hms_enterprise.graphql_parts import GraphQLError, Operation, Reader, Selection
from sync.sandbox.routing import Route
from sync.sandbox.wire import Problem, Record, Response, answer

# Where the name in GraphQL is not the field's name in camel case.
OTHERWISE = {"start_datetime": "startDateTime", "end_datetime": "endDateTime"}


def ask(call: Call) -> Response:
    """``POST /graphql``: always 200, as GraphQL has it; faults are in ``errors``."""
    asked = call.body()
    variables = asked.get("variables")
    try:
        operations = Reader(
            str(asked.get("query") or ""), variables if isinstance(variables, dict) else {}
        ).operations()
        return answer(200, {"data": _run(call, _chosen(operations, asked.get("operationName")))})
    except GraphQLError as error:
        return answer(200, {"data": None, "errors": [{"message": str(error)}]})
    except RecursionError:
        return answer(200, {"data": None, "errors": [{"message": "The query is too deep"}]})


def _chosen(operations: list[Operation], name: object) -> Operation:
    for one in operations:
        if not name or one.name == name:
            return one
    raise GraphQLError(f"There is no operation {name}")


def _run(call: Call, operation: Operation) -> Record:
    roots: dict[tuple[str, str], Callable[[Call, dict[str, Any]], Record | None]] = {
        ("query", "patient"): _patient,
        ("mutation", "createClinicalEncounter"): _create,
    }
    data: Record = {}
    for one in operation.fields:
        root = roots.get((operation.kind, one.name))
        if root is None:
            raise GraphQLError(f"Cannot query field {one.name!r} on type {operation.kind.title()!r}")
        if not one.fields:
            raise GraphQLError(f"Field {one.name!r} must have a selection of subfields")
        data[one.alias] = _picked(root(call, one.arguments), one)
    return data


def _picked(value: Any, asked: Selection) -> Any:
    if isinstance(value, list):
        return [_picked(one, asked) for one in value]
    if not isinstance(value, dict):
        return value
    if not asked.fields:
        raise GraphQLError(f"Field {asked.name!r} must have a selection of subfields")
    return {one.alias: _picked(value.get(one.name), one) for one in asked.fields}


def _patient(call: Call, arguments: dict[str, Any]) -> Record | None:
    row = call.get("patients", arguments.get("id"))
    if row is None:
        return None
    tables = call.system.tables
    encounters = [_encounter(call, one) for one in tables["encounters"].where("patient_id", row["id"])]
    appointments = [_with_provider(call, one) for one in tables["appointments"].where("patient_id", row["id"])]
    prescriptions = [_with_provider(call, one) for one in tables["prescriptions"].where("patient_id", row["id"])]
    return {
        **_camel(row),
        "clinicalEncounters": encounters,
        "appointments": appointments,
        "prescriptions": prescriptions,
    }


def _create(call: Call, arguments: dict[str, Any]) -> Record:
    given = arguments.get("input")
    if not isinstance(given, dict):
        raise GraphQLError("Argument 'input' of type 'CreateClinicalEncounterInput!' is required")
    try:
        row = made(call, call.checked(ENCOUNTER, body=_snake(given)))
    except Problem as problem:
        said = "; ".join(f"{_name(field)} {issue}" for field, issue in problem.fields)
        raise GraphQLError(said or problem.message) from problem
    return _encounter(call, row)


def _encounter(call: Call, row: Record) -> Record:
    return {**_with_provider(call, row), "encounterDate": row["created_at"]}


def _with_provider(call: Call, row: Record) -> Record:
    provider = call.get("providers", row.get("provider_id"))
    return {**_camel(row), "provider": _camel(provider) if provider else None}


def _name(snake: str) -> str:
    return OTHERWISE.get(snake) or re.sub(r"_(\w)", lambda found: found[1].upper(), snake)


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_name(name): _camel(inner) for name, inner in value.items()}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def _snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name): _snake(inner)
            for name, inner in value.items()
        }
    return [_snake(one) for one in value] if isinstance(value, list) else value


# The document describes it and gives no address for it: this one is printed where the sandbox is started.
ROUTES = (Route("POST", "/graphql", ask, extra=True),)
