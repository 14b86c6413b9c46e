"""What is taken from Ray's insides: from the version that is installed, and from one place."""

from pathlib import Path

import ray

import sartext
from sartext.flow.engine import ray_private

INSIDE = ("._internal", "ray._private", "ray._common", "ray._raylet", "serve._private")


def test_it_was_read_from_the_version_that_is_installed() -> None:
    assert f"Ray {'.'.join(ray.__version__.split('.')[:2])}," in (ray_private.__doc__ or ""), "read Ray's insides again"


def test_no_other_file_imports_them() -> None:
    files = [path for path in Path(sartext.__file__).parent.rglob("*.py") if path.name != "ray_private.py"]
    lines = [
        (path.name, line) for path in files for line in path.read_text().splitlines() if "import " in line and "ray" in line
    ]
    assert [one for one in lines if any(part in one[1] for part in INSIDE)] == []
