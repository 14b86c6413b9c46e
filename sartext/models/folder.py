"""Folders of models: how a name is one, and their JSON files, written and read."""

import json
from pathlib import Path
from typing import Any

from sartext.errors import UserError

OBJECTIVE = "objective.json"  # what a model is trained for, and how its images are prepared
HUB, FOLDER = "hf-hub:", "local-dir:"  # before a name on the hub, or the path of a folder, as open_clip has them


def folder_of(name: str) -> Path | None:
    """The folder of a name that is one."""
    return Path(name.removeprefix(FOLDER)) if name.startswith(FOLDER) else None


def write_json(path: Path, value: Any) -> None:
    """The same value gives the same bytes."""
    path.write_text(json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def read_model_json(path: Path) -> dict[str, Any]:
    """The object that a file holds. Raises `UserError` where it is not there or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise ValueError("it holds no JSON object")
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{path} is not there: {path.parent} is no finished model; give the folder that training wrote"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({error}); write the model again") from error
    return value
