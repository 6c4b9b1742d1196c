import json


def emit(name: str, value: float, unit: str, **more: object) -> None:
    """One figure. `ratio` is against a peer or a limit, `goal` what it must reach."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, **more}), flush=True)
