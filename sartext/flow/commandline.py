"""A job's command line, made from its config: every field is an option, named by its place in it."""

import argparse
import io
import json
import os
import signal
import sys
import traceback
import typing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from sartext.config import Form, Leaf, Recipes, changed, draft, imported, leaves
from sartext.errors import UserError
from sartext.flow.engine.signals import Stopped
from sartext.sources.split_paths import SPLIT_NAMES, SplitPaths

_T = TypeVar("_T")
_OUTSIDE = "my_package.module:function"


class Made(typing.Protocol):
    """What a job leaves behind."""

    def summary(self) -> str:
        """One line for people."""
        ...


class _Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help")


class _Help(argparse.HelpFormatter):
    """Help with room for the names of options."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34)


def run(
    main: Callable[[_T], Made | None], recipes: Recipes[_T] | type[_T] | str, argv: Sequence[str] | None = None, *, prog: str
) -> int:
    """Runs a job from the command line and returns its exit status.

    `recipes` are those of the job, or the import path of them; where there are none, the class of its config.
    0 done; 2 the user's to mend, said in one line on stderr; 128 plus the signal where it was asked to stop; 1 ours.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that this terminal cannot show must not end a job
    try:
        found: Recipes[_T] | type[_T] = imported(recipes) if isinstance(recipes, str) else recipes
        made = main(parse(found, sys.argv[1:] if argv is None else argv, prog=prog))
        if made is not None:
            print(made.summary())
    except UserError as error:
        print(f"{prog}: {_one_line(error)}", file=sys.stderr)
        return 2
    except Stopped as error:
        print(f"{prog}: {error}; the same command goes on from what is committed", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        print(f"{prog}: stopped by SIGINT", file=sys.stderr)
        return 128 + signal.SIGINT
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _one_line(error: Exception) -> str:
    """The error's message without line breaks."""
    return " ".join(str(error).split())


def parse(recipes: Recipes[_T] | type[_T], argv: Sequence[str], *, prog: str) -> _T:
    """The config that a command line asks for. Raises `UserError` for a wrong one, `SystemExit(0)` after --help."""
    if isinstance(recipes, type):
        return _configured(draft(recipes), recipes.__doc__, argv, prog)
    name, *options = argv or [""]
    if not name or name.startswith("-"):
        print(f"usage: {prog} RECIPE [options]\n\n{_recipe_list(recipes)}\n\n{prog} RECIPE --help names a recipe's options.")
        if name in ("-h", "--help"):
            raise SystemExit(0)
        raise UserError("no recipe given")
    recipe = recipes.find(name)
    with _checks():
        config = recipe()
    return _configured(config, recipe.__doc__, options, f"{prog} {name}")


def _configured(config: _T, about: str | None, argv: Sequence[str], prog: str) -> _T:
    """The config with the options of a command line."""
    tree = list(leaves(config))
    if twice := [path for path, times in Counter(leaf.path for leaf in tree).items() if times > 1]:
        raise UserError(f"{prog} has two options {_flag(twice[0])}; give each plug-in of the recipe a name of its own")
    needed = "".join(f" {_flag(leaf.path)} {_metavar(leaf)}" for leaf in tree if leaf.required)
    usage = f"{prog}{needed} [options]".replace("%", "%%")
    about = _first_paragraph(about).replace("%", "%%")
    parser = _Parser(
        prog=prog, usage=usage, description=about, formatter_class=_Help, allow_abbrev=False, add_help=False,
        argument_default=argparse.SUPPRESS,
    )  # fmt: skip
    # What matters first: what must be given, what the job is asked for, its source, ..., and last what it runs on.
    needs, options = parser.add_argument_group("required"), parser.add_argument_group("options")
    groups = {"": options}
    options.add_argument("-h", "--help", action="help", help="this")
    for leaf in tree:
        inside = leaf.path.rpartition(".")[0]
        if inside not in groups:
            groups[inside] = parser.add_argument_group(_title(inside, leaf.owner))
        _add(leaf, needs if leaf.required else groups[inside])
    values = vars(parser.parse_args(argv))
    for leaf in tree:
        if leaf.form is Form.PAIRS and leaf.path in values:  # what is not named stays
            values[leaf.path] = tuple({**dict(leaf.value), **dict(values[leaf.path])}.items())
        if leaf.form is Form.BY_SPLIT and leaf.path in values:
            with _checks():
                values[leaf.path] = _by_split(leaf, values[leaf.path])
    with _checks():
        return changed(config, values)


@contextmanager
def _checks() -> Iterator[None]:
    """What a config's own checks refuse is the user's to mend."""
    try:
        yield
    except (ValueError, OverflowError, RecursionError) as error:
        raise UserError(_one_line(error)) from error


def _recipe_list(recipes: Recipes[_T]) -> str:
    width = max(map(len, recipes))
    lines = [f"  {name:<{width}}  {_first_paragraph(recipe.__doc__)}" for name, recipe in recipes.items()]
    own = f"{_OUTSIDE} is a recipe of your own, from the working directory or PYTHONPATH, where workers must find it too."
    return "\n".join(["recipes:", *lines, "", own])


def _title(inside: str, owner: type) -> str:
    """The heading of the options of a nested dataclass: where it sits, and what it says of itself, if anything."""
    about = (owner.__doc__ or "").strip().split("\n")[0].removesuffix(".")
    return inside if about.startswith(f"{owner.__name__}(") or not about else f"{inside}: {about}"


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def _flag(path: str) -> str:
    return "--" + path.replace("_", "-")


def _metavar(leaf: Leaf) -> str:
    if leaf.form in (Form.ONE, Form.MANY, Form.BY_SPLIT):
        return {str: "TEXT", int: "N", float: "X"}.get(leaf.kind, "")
    return "JSON" if leaf.form is Form.MAPPING else f"NAME={'X' if leaf.kind is float else 'TEXT'}"


def _add(leaf: Leaf, group: "argparse._ArgumentGroup") -> None:
    """Adds the option of a leaf."""
    about = " ".join(part for part in (leaf.help, _default(leaf)) if part).replace("%", "%%") or " "
    if leaf.kind is bool:
        group.add_argument(_flag(leaf.path), dest=leaf.path, help=about, action=argparse.BooleanOptionalAction)
        return
    several: dict[str, Any] = {} if leaf.alone is None else {"nargs": "?", "const": leaf.alone}
    if leaf.form is Form.BY_SPLIT:
        several = {"nargs": "+"}
    elif leaf.form in (Form.MANY, Form.PAIRS):
        several = {"nargs": "+" if leaf.required or leaf.form is Form.PAIRS else "*"}
    shared: dict[str, Any] = {"dest": leaf.path, "help": about, "required": leaf.required, "metavar": _metavar(leaf)}
    group.add_argument(_flag(leaf.path), type=_reader(leaf), **shared, **several)


def _default(leaf: Leaf) -> str:
    """What holds where nothing is said, if anything does."""
    if leaf.required or leaf.value is None or leaf.value is False or leaf.value in ("", (), {}):
        return ""
    if leaf.form is Form.PAIRS:
        return f"(default: {' '.join(f'{name}={value}' for name, value in leaf.value)})"
    shown = " ".join(map(str, leaf.value)) if leaf.form is Form.MANY else leaf.value
    return f"(default: {shown})"


def _reader(leaf: Leaf) -> Callable[[str], Any]:
    """What makes a value of a word of the command line."""
    if leaf.form is Form.BY_SPLIT:
        return _given
    if leaf.required and leaf.kind is str and leaf.form in (Form.ONE, Form.MANY):
        return _path if leaf.is_path else _given
    readers = {Form.MAPPING: _mapping, Form.PAIRS: _weight if leaf.kind is float else _pair}
    return readers.get(leaf.form, _text if leaf.kind is str else leaf.kind)


def _text(text: str) -> str:
    """The text, which must be one: bytes that are none reach us as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8") from error
    return text


def _given(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("an empty text")
    return _text(text)


def _path(text: str) -> str:
    return os.path.expanduser(_given(text))


def _by_split(leaf: Leaf, words: Sequence[str]) -> str:
    """The path, or the paths by split. Raises `UserError` for several words of which one names no split."""
    named = [word.partition("=") for word in words]
    of_split = [bool(equals) and name.lower() in SPLIT_NAMES for name, equals, _ in named]
    if len(words) == 1 and not of_split[0]:
        return os.path.expanduser(words[0])
    if not all(of_split):
        word = words[of_split.index(False)]
        raise UserError(f"argument {_flag(leaf.path)}: {word!r} is neither the only path nor one of a split, as train={word}")
    paths: dict[str, str] = {}
    for name, _, path in named:
        if name in paths:
            raise UserError(
                f"argument {_flag(leaf.path)}: {name} is given twice, as {paths[name]!r} and as {path!r}; give it once"
            )
        paths[name] = os.path.expanduser(path)
    return SplitPaths(paths)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = _text(text).partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=TEXT")
    return name, value


def _weight(text: str) -> tuple[str, float]:
    name, value = _pair(text)
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} of {name} is no number") from None


def _mapping(text: str) -> dict[str, str]:
    """A JSON object of texts, given as it is or as the name of a file that holds it."""
    try:
        if not text.lstrip().startswith("{"):
            with open(text, encoding="utf-8") as file:
                text = file.read()
        value = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a JSON object nor a file of one ({_one_line(error)})") from error
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is not a JSON object")
    return {str(key): str(item) for key, item in value.items()}
