# SPDX-License-Identifier: EUPL-1.2
"""Functions on contexts, and on values that may be absent."""

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Failure
from engine.feel.limits import MAX_NESTING
from engine.feel.values import Value


@builtin("get value", "m: context", "key: string")
def get_value(m: dict[str, Value], key: str) -> Value:
    if key not in m:
        raise Failure(f"there is no entry `{key}` in the context")
    return m[key]


@builtin("get entries", "m: context")
def get_entries(m: dict[str, Value]) -> list[dict[str, Value]]:
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(context: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_deep(context: dict[str, Value], keys: list[Value], value: Value) -> dict[str, Value]:
    """Puts the value under a path of keys; the contexts on the way are copied."""
    if not keys or len(keys) > MAX_NESTING or not all(isinstance(key, str) for key in keys):
        raise Failure("the keys must be strings")
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if not isinstance(inner, dict):
        raise Failure(f"there is no context under `{keys[0]}`")
    return {**context, keys[0]: context_put_deep(inner, keys[1:], value)}


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Failure("`context merge` takes contexts only")
        merged.update(context)
    return merged


@builtin("context", "entries: list")
def context(entries: list[Value]) -> dict[str, Value]:
    """A context from a list of `{key, value}`."""
    built: dict[str, Value] = {}
    for entry in entries:
        if not (isinstance(entry, dict) and isinstance(entry.get("key"), str) and "value" in entry):
            raise Failure("every entry needs a `key` (a string) and a `value`")
        if entry["key"] in built:
            raise Failure(f"the key `{entry['key']}` occurs twice")
        built[entry["key"]] = entry["value"]
    return built


@builtin("get or else", "value: any", "default: any")
def get_or_else(value: Value, default: Value) -> Value:
    return default if value is None else value


@builtin("not", "negand: any")
def negation(negand: Value) -> bool | None:
    return not negand if isinstance(negand, bool) else None
