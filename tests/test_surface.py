"""What others rely on: command lines, what a client sends, and what a manifest holds. (The record's schema: test_tile.py.)"""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from jobs import audit, curate, evaluate, export, index, quickstart, takedown
from jobs.recipes.build import BUILD
from jobs.recipes.train import TRAIN
from sartext.artifact import open_artifact
from sartext.config import draft, leaves
from sartext.flow.serve import paths
from sartext.flow.serve.routes import bodies
from sartext.flow.serve.serve import Serving
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset
from tests.support.stored import same_as_stored


def options(job: str, config: Any) -> list[str]:
    """A line an option: its name, its type, and how many values it takes."""
    found = []
    for leaf in leaves(config):
        words = [job, f"--{leaf.path.replace('_', '-')}", leaf.kind.__name__, leaf.form.name.lower()]
        found.append(" ".join([*words, "required"] if leaf.required else words))
    return found


def test_the_options_of_the_jobs() -> None:
    lines = [line for name in BUILD for line in options(f"build {name}", BUILD[name]())]
    lines += [line for name in TRAIN for line in options(f"train {name}", TRAIN[name]())]
    made = {
        "audit": audit.Config,
        "curate": curate.Config,
        "takedown": takedown.Config,
        "evaluate": evaluate.Config,
        "export": export.Config,
        "index": index.Config,
    }
    for job, config in {**made, "quickstart": quickstart.Config, "serve": Serving}.items():
        lines += options(job, draft(config))
    same_as_stored("options.txt", lines)


def test_what_clients_send() -> None:
    lines = [f"path {name} {value}" for name, value in sorted(vars(paths).items()) if name.isupper()]
    for name, body in sorted(vars(bodies).items()):
        if isinstance(body, type) and issubclass(body, BaseModel) and body.__module__ == bodies.__name__:
            lines += [
                f"{name}.{field}: {about.annotation}{'' if about.is_required() else ', optional'}"
                for field, about in body.model_fields.items()
            ]
    same_as_stored("bodies.txt", lines)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rules = (A2C(), Verify(), Questions())
    return open_artifact(
        dataset(Synthetic(tiles=12, size_px=64), rules, str(tmp_path_factory.mktemp("surface") / "out"))
    ).manifest


def fields(value: Any, path: str = "") -> Iterator[str]:
    """Each name in a manifest with the type of what it holds; names that are data stand as NAME."""
    if isinstance(value, dict):
        for name, one in value.items():
            of_data = path.endswith(("_by_reason", "labels", "kinds", "routes"))
            yield from fields(one, f"{path}.{'NAME' if of_data else name}".lstrip("."))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from fields(value[0], f"{path}[]")
    else:
        yield f"{path}: {type(value).__name__}"


def test_what_the_manifest_of_a_dataset_holds(manifest: dict[str, Any]) -> None:
    same_as_stored("manifest.txt", sorted(set(fields(manifest))))
