"""What a laboratory says: a chemistry panel as JSON, written here without anything of the side that reads it."""


def panel(at: str, order: str) -> dict[str, object]:
    """Two results of one specimen, in LOINC."""
    results = [
        {"code": "2345-7", "title": "Glucose", "value": "98", "unit": "mg/dL", "flag": "N", "range": "74-106"},
        {"code": "2823-3", "title": "Potassium", "value": "4.2", "unit": "mmol/L", "flag": "N", "range": "3.5-5.1"},
    ]
    numbers = [order] if order else []
    return {"numbers": numbers, "results": [{**one, "measured_at": at} for one in results]}
