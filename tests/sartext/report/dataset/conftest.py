"""One dataset for all tests of its report."""

from pathlib import Path

import pytest

from sartext.artifact import Artifact, open_artifact
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.pages.survey import surveyed
from sartext.report.dataset.survey import Survey
from tests.support.mixed import mixed


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """A dataset with everything that there can be, and its report."""
    artifact = open_artifact(mixed(str(tmp_path_factory.mktemp("mixed") / "out")))
    assert describe(artifact, {"alpha": "Mixed scenes"}, lambda: None)
    return artifact


@pytest.fixture(scope="session")
def survey(made: Artifact) -> Survey:
    """What is counted of it."""
    return surveyed(made, lambda *_: None)


@pytest.fixture(scope="session")
def page(made: Artifact) -> str:
    """The text of its report."""
    return (Path(made.uri) / "report.html").read_text()
