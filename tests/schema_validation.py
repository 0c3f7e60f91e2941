"""The part of JSON Schema 2020-12 that explanations use, so that tests need no further library."""

from __future__ import annotations

import math

TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value),
}
ABOUT = {"$schema", "$id", "$defs", "title", "description", "properties", "required", "items", "anyOf", "$ref", "type"}
LIMITS = {
    "const": lambda value, limit: value == limit,
    "enum": lambda value, limit: value in limit,
    "minimum": lambda value, limit: value is None or value >= limit,
    "maximum": lambda value, limit: value is None or value <= limit,
    "exclusiveMinimum": lambda value, limit: value is None or value > limit,
    "exclusiveMaximum": lambda value, limit: value is None or value < limit,
    "minItems": lambda value, limit: len(value) >= limit,
}


def problems(value, schema, root=None, where="$"):
    """Every place where a value breaks a schema; a key of the schema that is not known here counts as one."""
    root = root or schema
    if "$ref" in schema:
        return problems(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, where)
    if unknown := set(schema) - ABOUT - set(LIMITS):
        return [f"{where}: this validator does not know {sorted(unknown)}"]
    if "anyOf" in schema:
        each = [problems(value, option, root, where) for option in schema["anyOf"]]
        return [] if [] in each else each[0]
    kinds = schema.get("type", [])
    if kinds and not any(TYPES[kind](value) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{where}: expected {kinds}, got {value!r}"]
    found = [f"{where}: {key}" for key, fits in LIMITS.items() if key in schema and not fits(value, schema[key])]
    return found + _inside(value, schema, root, where)


def _inside(value, schema, root, where):
    if isinstance(value, list):
        return [
            p for i, each in enumerate(value) for p in problems(each, schema.get("items", {}), root, f"{where}[{i}]")
        ]
    if not isinstance(value, dict):
        return []
    missing = [f"{where}: lacks {key}" for key in schema.get("required", ()) if key not in value]
    named = schema.get("properties", {})
    return missing + [
        p for key in value.keys() & named for p in problems(value[key], named[key], root, f"{where}.{key}")
    ]
