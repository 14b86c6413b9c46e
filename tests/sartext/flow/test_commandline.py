"""Configs from the command line."""

import os
from dataclasses import dataclass, field

import pytest

from sartext.config import REQUIRED, Recipes
from sartext.errors import UserError
from sartext.flow.commandline import parse, run
from sartext.flow.engine.signals import Stopped
from sartext.sources.split_paths import SplitPaths


@dataclass(frozen=True, kw_only=True)
class Source:
    """Images of a test."""

    images: str = field(metadata={"help": "folder of images", "identity": False})
    gsd_m: float | None = field(default=None, metadata={"help": "metres a pixel"})
    exhaustive: tuple[str, ...] = ()
    label_map: dict[str, str] = field(default_factory=dict)
    may_train: bool | None = None
    labels: str = field(default="", metadata={"help": "folder of labels", "identity": False, "by_split": True})


@dataclass(frozen=True, kw_only=True)
class Rule:
    seed: int = 0
    name: str = "rule"
    policy: tuple[tuple[str, str], ...] = (("a2c", "refuse"), ("twin", "keep"))
    shares: tuple[tuple[str, float], ...] = (("a", 1.0), ("b", 0.5))

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it must be at least 0")


@dataclass(frozen=True, kw_only=True)
class Config:
    source: Source
    rules: tuple[Rule, ...] = (Rule(),)
    out: str = field(metadata={"help": "where it goes"})
    retry: bool = False


def plain() -> Config:
    """A recipe for tests."""
    return Config(source=Source(images=REQUIRED), out=REQUIRED)


RECIPES = Recipes(Config, plain)


def parsed(*argv: str) -> Config:
    return parse(RECIPES, argv, prog="jobs.test")


NEEDED = ("plain", "--out", "o", "--source.images", "i")


def test_every_field_is_an_option() -> None:
    config = parsed(
        *NEEDED, "--source.gsd-m", "2.5", "--source.exhaustive", "ship", "tank", "--source.label-map", '{"a": "ship"}',
        "--no-source.may-train", "--rule.seed", "3", "--retry", "--rule.policy", "twin=trust",
        "--rule.shares", "b=0", "c=2.5",
    )  # fmt: skip
    source = Source(images="i", gsd_m=2.5, exhaustive=("ship", "tank"), label_map={"a": "ship"}, may_train=False)
    assert config == Config(
        source=source,
        rules=(Rule(seed=3, policy=(("a2c", "refuse"), ("twin", "trust")), shares=(("a", 1.0), ("b", 0.0), ("c", 2.5))),),
        out="o",
        retry=True,
    )


def test_a_path_may_be_one_for_each_split() -> None:
    home = os.path.expanduser("~")
    assert parsed(*NEEDED, "--source.labels", "~/a b").source.labels == f"{home}/a b"
    given = parsed(*NEEDED, "--source.labels", "test=b=c", "Train=~/a").source.labels
    assert given == SplitPaths({"train": f"{home}/a", "test": "b=c"})
    assert isinstance(given, SplitPaths)
    assert parsed(*NEEDED, "--source.labels", "val=x").source.labels == SplitPaths({"val": "x"})
    assert parsed(*NEEDED, "--source.labels", "./val=x").source.labels == "./val=x"
    assert parsed(*NEEDED, "--source.labels", "set=1").source.labels == "set=1"


def test_what_is_not_said_stays() -> None:
    assert parsed(*NEEDED) == Config(source=Source(images="i"), out="o")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("plain",), "the following arguments are required: --source.images, --out; see jobs.test plain --help"),
        (("plain", "--out", ""), "argument --out: an empty text"),
        ((*NEEDED, "--source.labels", "train=a", "b"), "--source.labels: 'b' is neither the only path nor one of a split"),
        (
            (*NEEDED, "--source.labels", "a", "b"),
            "--source.labels: 'a' is neither the only path nor one of a split, as train=a",
        ),
        ((*NEEDED, "--source.labels", "val=a", "val=b"), "--source.labels: val is given twice, as 'a' and as 'b'"),
        ((*NEEDED, "--source.labels", "val=a", "valid=b"), "val is given twice, as 'a' and as 'b'"),
        ((*NEEDED, "--source.labels", "val="), "val= has no path behind it"),
        ((*NEEDED, "--source.labels", ""), "an empty text"),
        ((*NEEDED, "--source.labels", "train=a", "test=a"), "train and test are both 'a'; give each its own"),
        ((), "no recipe given"),
        (("nowhere:recipe",), "there is no module 'nowhere'"),
        ((*NEEDED, "--rule.policy", "twin"), "'twin' is no NAME=TEXT"),
        ((*NEEDED, "--rule.shares", "a=much"), "'much' of a is no number"),
        (("plan",), "no recipe 'plan'"),
        ((*NEEDED, "--rule.seed", "x"), "invalid int value"),
        ((*NEEDED, "--rule.seed", "-1"), "must be at least 0"),
        ((*NEEDED, "--sauce", "x"), "--sauce"),
        ((*NEEDED, "--source.label-map", "nowhere.json"), "neither a JSON object nor a file"),
        ((*NEEDED, "--ret"), "--ret"),
    ],
)
def test_a_wrong_line_is_one_line_and_exit_2(argv: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda _: None, RECIPES, argv, prog="jobs.test") == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_help_names_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parsed("plain", "--help")
    assert end.value.code == 0
    out = capsys.readouterr().out
    for word in ("--source.images", "folder of images", "--source.gsd-m", "metres a pixel", "--rule.seed", "--out", "--retry"):
        assert word in out
    assert "Images of a test" in out
    places = [out.index(word) for word in ("\nrequired:", "--source.images", "\noptions:", "\nsource: ", "\nrule:")]
    assert places[0] > out.index("usage: jobs.test plain --source.images TEXT --out TEXT [options]") == 0
    assert out.index("--out TEXT", places[0]) < places[2] < out.index("\n  --retry") < places[3] < places[4]
    assert "(default: a2c=refuse twin=keep)" in out
    with pytest.raises(SystemExit):
        parsed("--help")
    assert "A recipe for tests." in capsys.readouterr().out


def test_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    def status(error: Exception) -> int:
        def main(_: object) -> None:
            raise error

        return run(main, RECIPES, NEEDED, prog="jobs.test")

    assert status(UserError("a fact\nin lines")) == 2
    assert capsys.readouterr().err == "jobs.test: a fact in lines\n"
    assert status(Stopped(15)) == 143
    assert "goes on" in capsys.readouterr().err
    assert status(RuntimeError("ours")) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_job_of_one_recipe_is_not_asked_for_its_name() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Several:
        checkpoints: tuple[str, ...]

    several = parse(Several, ["--checkpoints", "a", "b"], prog="jobs.test")
    assert several.checkpoints == ("a", "b")
    with pytest.raises(UserError, match="--checkpoints"):
        parse(Several, [], prog="jobs.test")


def test_recipes_may_be_given_by_their_import_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda _: None, "jobs.recipes.build:BUILD", ["coco"], prog="jobs.build") == 2
    assert "required: --source.images, --source.annotations, --out; see jobs.build coco --help" in capsys.readouterr().err


def test_plug_ins_of_one_name_are_refused() -> None:
    def both() -> Config:
        return Config(source=Source(images="i"), rules=(Rule(), Rule(seed=1)), out="o")

    with pytest.raises(UserError, match=r"has two options --rule\.seed; give each plug-in of the recipe a name of its own"):
        parse(Recipes(Config, both), ["both"], prog="jobs.test")
