"""A config as a tree of typed leaves with help, identity and overrides: of command line, Serve config file and fingerprint."""

import dataclasses
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from sartext.errors import UserError

WHERE_GIVEN = "where given"  # of a field's `identity`
_T = TypeVar("_T")
_OURS = ("sartext", "jobs")  # packages whose classes are recorded by their names alone


class _Required:
    """What REQUIRED is; there is one, however often it is copied or pickled."""

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED: Any = _Required()  # the value, in a recipe, of a field that a user must give


class Form(Enum):
    """How many values of its type a leaf holds, and how they lie."""

    ONE = auto()
    MANY = auto()  # tuple[T, ...]
    PAIRS = auto()  # tuple[tuple[str, T], ...]: a mapping that stays frozen
    MAPPING = auto()  # dict[str, str]
    BY_SPLIT = auto()  # a path, or one for each of several splits


@dataclass(frozen=True)
class Leaf:
    """One field that holds a plain value: where it sits in the config, its type, and what it is now."""

    path: str
    owner: type  # the dataclass whose field it is
    kind: type[str] | type[int] | type[float] | type[bool]
    form: Form
    value: Any
    help: str
    is_path: bool
    alone: Any = None  # what the option means without a value, where it may stand alone

    @property
    def required(self) -> bool:
        return self.value is REQUIRED


def leaves(config: Any, prefix: str = "") -> Iterator[Leaf]:
    """Every field of a config that plain text can give, depth first.

    Fields of nested dataclasses are `outer.inner`, those of a tuple of plug-ins `name_of_plug_in.inner`.
    """
    for field in dataclasses.fields(config):
        value, path = getattr(config, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            yield from leaves(value, path + ".")
        elif _plug_ins(value):
            for plug_in in value:
                yield from leaves(plug_in, f"{prefix}{plug_in.name}.")
        elif (plain := _plain(_hint(type(config), field))) is not None:
            about = field.metadata.get("help", "")
            kind, form = plain
            yield Leaf(
                path,
                type(config),
                kind,
                Form.BY_SPLIT if field.metadata.get("by_split", False) else form,
                value,
                about,
                is_path=not field.metadata.get("identity", True),
                alone=field.metadata.get("alone"),
            )


def changed(config: _T, values: Mapping[str, Any], prefix: str = "") -> _T:
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


def draft(made: type[_T]) -> _T:
    """A config of which every field without a default is still to be given."""
    return made(**{
        field.name: REQUIRED
        for field in dataclasses.fields(made)  # type: ignore[arg-type]
        if field.default is field.default_factory is dataclasses.MISSING
    })  # fmt: skip


def _plug_ins(value: Any) -> bool:
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(dataclasses.is_dataclass(one) and hasattr(one, "name") for one in value)
    )


def _hint(owner: type, field: "dataclasses.Field[Any]") -> Any:
    """The type of a field; what is written as text is looked up only where it must be."""
    return typing.get_type_hints(owner)[field.name] if isinstance(field.type, str) else field.type


def _plain(hint: Any) -> tuple[Any, Form] | None:
    """The type of one plain value and how several lie; None for what plain text cannot give."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and inside[0] in (str, int, float):
        return inside[0], Form.MANY
    if origin is tuple and inside in ((tuple[str, str], ...), (tuple[str, float], ...)):
        return typing.get_args(inside[0])[1], Form.PAIRS
    if origin is dict and inside == (str, str):
        return str, Form.MAPPING
    return (hint, Form.ONE) if hint in (str, int, float, bool) else None


class Recipes(Mapping[str, Callable[[], _T]]):
    """Named, complete configs of one class, as functions; one of another package goes by its import path."""

    def __init__(self, made: type[_T], *recipes: Callable[[], _T]) -> None:
        self.made = made
        self._recipes = {recipe.__name__: recipe for recipe in recipes}

    def __getitem__(self, name: str) -> Callable[[], _T]:
        return self._recipes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._recipes)

    def __len__(self) -> int:
        return len(self._recipes)

    def find(self, name: str) -> Callable[[], _T]:
        """The recipe of a name, or at `my_package.module:function`. Raises `UserError` where there is none."""
        if ":" not in name:
            if name not in self:
                raise UserError(f"there is no recipe {name!r}; choose from {', '.join(self)}")
            return self[name]
        recipe = imported(name)
        if not inspect.isfunction(recipe):  # what is built in, as os.abort, is no recipe, and is not called to find out
            raise UserError(f"{name} is a {type(recipe).__name__}; a recipe is a function without arguments")

        def checked() -> _T:
            config: object = recipe()
            if not isinstance(config, self.made):
                wanted = f"{self.made.__module__}.{self.made.__qualname__}"
                raise UserError(f"{name} gives a {type(config).__name__}; a recipe of this job gives a {wanted}")
            return config

        checked.__doc__ = recipe.__doc__
        return checked


def imported(path: str) -> Any:
    """What an import path, `package.module:name`, leads to. Raises `UserError` where nothing is there."""
    place, _, name = path.partition(":")
    if not place or not name:
        raise UserError(f"{path!r} is no import path; give it as my_package.module:function")
    try:
        module = importlib.import_module(place)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and f"{place}.".startswith(f"{error.name}."):
            raise UserError(
                f"there is no module {error.name!r}; {path} is looked for in the working directory and on PYTHONPATH, where "
                "workers must find it too"
            ) from None
        raise UserError(f"{place} cannot be imported ({type(error).__name__}: {error}); mend it") from error
    try:
        return getattr(module, name)
    except AttributeError:
        raise UserError(f"{place} has no {name!r}; give it as my_package.module:function") from None


def identity(value: Any) -> Any:
    """What of a value enters a fingerprint, as plain JSON: fields marked `identity=False` (paths, resources) do not.

    Those marked `identity=WHERE_GIVEN` do where they are not as they are by default.

    Plug-ins add their class and their `revision`. Raises `UserError` for a class of another package that does not say by an
    integer `revision` when its outputs change, and for what is neither a dataclass nor a plain value.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: identity(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if _is_identity(field, getattr(value, field.name))
        }
        plug_in: dict[str, Any] = {"type": _recorded_name(type(value))}
        if hasattr(value, "revision") or _package(type(value)) not in _OURS:
            plug_in["revision"] = _revision(value)
        return {**plug_in, **fields}
    if isinstance(value, dict):
        return {str(key): identity(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [identity(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise UserError(
        f"a {type(value).__name__} cannot be part of a fingerprint; make it a frozen dataclass, whose fields are its identity"
    )


def _is_identity(field: "dataclasses.Field[Any]", value: Any) -> bool:
    """Whether a field enters a fingerprint; one that came later does where it is given, so that older fingerprints stay."""
    marked = field.metadata.get("identity", True)
    return value != field.default if marked == WHERE_GIVEN else bool(marked)


def _revision(plug_in: Any) -> int:
    revision = getattr(plug_in, "revision", None)
    if not isinstance(revision, int) or isinstance(revision, bool):
        found = "no revision" if revision is None else f"the revision {revision!r}"
        name = _recorded_name(type(plug_in))
        raise UserError(f"{name} has {found}; give it an integer, raised whenever the same input gives another output")
    return revision


def _recorded_name(made: type) -> str:
    """The name of a class in fingerprints: its `identity_name` where it was renamed; a foreign one begins with its package."""
    name = str(vars(made).get("identity_name", made.__name__))
    package = _package(made)
    return name if package in _OURS else f"{package}.{name}"


def _package(made: type) -> str:
    return made.__module__.partition(".")[0]
