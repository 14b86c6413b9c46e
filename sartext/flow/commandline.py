"""A job's command line, made from its recipe: every field of the config is an option, named by its place in it."""

import argparse
import io
import json
import os
import signal
import sys
import traceback
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from sartext.config import Leaf, changed, kind_of, leaves
from sartext.errors import UserError
from sartext.flow.engine.signals import Stopped

Recipe = Callable[[], Any]
Recipes = Mapping[str, Recipe] | Recipe  # several by name, or the only one


class Made(typing.Protocol):
    """What a job leaves behind."""

    def summary(self) -> str:
        """One line for people."""
        ...


class _Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help")


def run(main: Callable[[Any], Made | None], recipes: Recipes, argv: Sequence[str] | None = None, *, prog: str) -> int:
    """Runs a job from the command line and returns its exit status. A job of one recipe alone is not asked for its name.

    0 done; 2 the user's to mend, said in one line on stderr; 128 plus the signal where it was asked to stop; 1 ours.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that this terminal cannot show must not end a job
    try:
        made = main(parse(recipes, sys.argv[1:] if argv is None else argv, prog=prog))
        if made is not None:
            print(made.summary())
    except UserError as error:
        print(f"{prog}: {one_line(error)}", file=sys.stderr)
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


def one_line(error: Exception) -> str:
    """The error's message without line breaks."""
    return " ".join(str(error).split())


def parse(recipes: Recipes, argv: Sequence[str], *, prog: str) -> Any:
    """The config that a command line asks for. Raises `UserError` for a wrong one, `SystemExit(0)` after --help."""
    if callable(recipes):
        return _configured(recipes, argv, prog)
    top = _Parser(
        prog=prog, formatter_class=argparse.RawDescriptionHelpFormatter, description=_recipe_list(recipes), add_help=False
    )
    top.add_argument("recipe", nargs="?", metavar="RECIPE")
    top.add_argument("-h", "--help", action="store_true")
    first, rest = top.parse_known_args(argv[:1])
    if first.recipe is None:
        print(f"usage: {prog} RECIPE [options]\n\n{_recipe_list(recipes)}\n\n{prog} RECIPE --help names a recipe's options.")
        if first.help:
            raise SystemExit(0)
        raise UserError("no recipe given")
    if first.recipe not in recipes:
        raise UserError(f"there is no recipe {first.recipe!r}; choose from {', '.join(recipes)}")
    return _configured(recipes[first.recipe], [*rest, *argv[1:]], f"{prog} {first.recipe}")


def _configured(recipe: Recipe, argv: Sequence[str], prog: str) -> Any:
    """The recipe's config with the options of a command line."""
    config = recipe()
    parser = _Parser(
        prog=prog,
        description=_first_paragraph(recipe),
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    for leaf in leaves(config):
        _add(leaf, parser)
    values = vars(parser.parse_args(argv))
    try:
        return changed(config, values)
    except (ValueError, OverflowError, RecursionError) as error:  # a config that its own checks refuse
        raise UserError(one_line(error)) from error


def _recipe_list(recipes: Mapping[str, Recipe]) -> str:
    width = max(map(len, recipes))
    return "recipes:\n" + "\n".join(f"  {name:<{width}}  {_first_paragraph(recipe)}" for name, recipe in recipes.items())


def _first_paragraph(recipe: Recipe) -> str:
    return " ".join((recipe.__doc__ or "").split("\n\n")[0].split())


def _add(leaf: Leaf, parser: argparse.ArgumentParser) -> None:
    """Adds the option to a parser."""
    flag = "--" + leaf.path.replace("_", "-")
    kind, many = kind_of(leaf.hint)
    shared: dict[str, Any] = {"dest": leaf.path, "help": leaf.help.replace("%", "%%") or " "}
    if leaf.required:
        given = _path if leaf.is_path else _given
        several = {"nargs": "+"} if many else {}
        shared["default"] = argparse.SUPPRESS
        parser.add_argument(flag, required=True, type=given, metavar=_metavar(kind), **several, **shared)
    elif kind is bool:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=leaf.value, **shared)
    elif kind is dict:
        parser.add_argument(flag, type=_mapping, default=leaf.value, metavar="JSON", **shared)
    elif many:
        parser.add_argument(flag, type=_reader(kind), nargs="*", default=leaf.value, metavar=_metavar(kind), **shared)
    else:
        parser.add_argument(flag, type=_reader(kind), default=leaf.value, metavar=_metavar(kind), **shared)


def _metavar(kind: Any) -> str:
    return {str: "TEXT", int: "N", float: "X"}[kind]


def _reader(kind: Any) -> Any:
    return _text if kind is str else kind


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


def _mapping(text: str) -> dict[str, str]:
    """A JSON object of texts, given as it is or as the name of a file that holds it."""
    try:
        if not text.lstrip().startswith("{"):
            with open(text, encoding="utf-8") as file:
                text = file.read()
        value = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a JSON object nor a file of one ({one_line(error)})") from error
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is not a JSON object")
    return {str(key): str(item) for key, item in value.items()}
