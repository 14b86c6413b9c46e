"""One argument is followed through a small package as a reader would follow it."""

from pathlib import Path

from tests.chains import Counted, Rooms
from tests.structure import modules
from tests.support.definitions import Definitions
from tests.support.follow import Follower

FILES = {
    "sartext/__init__.py": "",
    "sartext/ground.py": "def deep(part: str) -> str:\n    return part\n\ndef aside(number: int) -> int:\n    return number\n",
    "sartext/tools.py": """
from dataclasses import dataclass
from sartext import ground

@dataclass
class Tool:
    name: str

    def use(self) -> str:
        return ground.deep(self.name)

def made(name: str) -> Tool:
    return Tool(name)
""",
    "sartext/flow/__init__.py": "",
    "sartext/flow/job.py": """
from collections.abc import Sequence
from sartext.ground import aside, deep
from sartext.tools import Tool, made

def run(config: Sequence[Tool]) -> None:
    aside(3)
    for tool in config:
        tool.use()
    other = made(config[0].name)
    other.use()
    deep(len(config))
""",
}


def test_an_argument_its_parts_and_what_is_made_of_it_are_followed(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    definitions = Definitions(tmp_path, modules(tmp_path))
    (start,) = definitions.functions("run")
    calls = Follower(definitions).follow(start, "config")
    assert [one.name for one in calls] == ["run", "Tool.use", "deep", "made", "Tool.use"]  # not aside(3), not the length
    # job, tools, ground, back up in tools (which imports ground), and no further
    assert Rooms(tmp_path).count([one.module for one in calls]) == Counted(rooms=3, steps=3, up=1, returns=1)
