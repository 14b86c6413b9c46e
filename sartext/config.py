"""A config as a tree of typed leaves with help, identity and overrides: of command line, Serve config file and fingerprint."""

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Leaf:
    """One field that holds a plain value: where it sits in the config, its type, and what it is now."""

    path: str
    hint: Any
    value: Any
    help: str
    required: bool
    is_path: bool


def leaves(config: Any, prefix: str = "") -> Iterator[Leaf]:
    """Every field of a config that a command line can say, depth first.

    Fields of nested dataclasses are `outer.inner`, those of a tuple of plug-ins `name_of_plug_in.inner`.
    """
    hints = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        value, path = getattr(config, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            yield from leaves(value, path + ".")
        elif _plug_ins(value):
            for plug_in in value:
                yield from leaves(plug_in, f"{prefix}{plug_in.name}.")
        elif kind_of(hints[field.name])[0] is not None:
            no_default = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            required, is_path = no_default and value in ("", ()), not field.metadata.get("identity", True)
            yield Leaf(path, hints[field.name], value, field.metadata.get("help", ""), required, is_path)


def changed(config: T, values: Mapping[str, Any], prefix: str = "") -> T:
    """The config with the values of these paths, made anew so that its own checks run."""
    new: dict[str, Any] = {}
    for field in dataclasses.fields(config):  # type: ignore[arg-type]  # T is a dataclass, which no bound can say
        value, path = getattr(config, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            new[field.name] = changed(value, values, path + ".")
        elif _plug_ins(value):
            new[field.name] = tuple(changed(plug_in, values, f"{prefix}{plug_in.name}.") for plug_in in value)
        elif path in values:
            new[field.name] = tuple(values[path]) if isinstance(values[path], list) else values[path]
    return dataclasses.replace(config, **new)  # type: ignore[type-var]


def _plug_ins(value: Any) -> bool:
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(dataclasses.is_dataclass(one) and hasattr(one, "name") for one in value)
    )


def kind_of(hint: Any) -> tuple[Any, bool]:
    """The type of one value and whether there may be several; (None, False) where a command line cannot say it."""
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return (inner, True) if inner in (str, int, float) else (None, False)
    if typing.get_origin(hint) is dict:
        return (dict, False) if typing.get_args(hint) == (str, str) else (None, False)
    return (hint, False) if hint in (str, int, float, bool) else (None, False)


def identity(value: Any) -> Any:
    """What of a value enters a fingerprint, as plain JSON: fields marked `identity=False` (paths, resources) do not.

    Plug-ins add their class and their `revision`.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: identity(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.metadata.get("identity", True)
        }
        plug_in = {"type": type(value).__name__}
        if hasattr(value, "revision"):
            plug_in["revision"] = value.revision
        return {**plug_in, **fields}
    if isinstance(value, dict):
        return {str(key): identity(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [identity(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be part of a fingerprint")
