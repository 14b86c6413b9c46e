"""sources -> narrated dataset: python -m jobs.build RECIPE --out URI"""

from dataclasses import dataclass, field

from sartext.artifact import Artifact
from sartext.errors import UserError
from sartext.flow import commandline
from sartext.flow.build import build, show
from sartext.flow.build.shard_range import RangeDone, parse_range
from sartext.flow.engine.options import Engine
from sartext.narrate.rule import Rule
from sartext.sources.source import Source


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a build is: a source, the rules that narrate it, and where it goes."""

    source: Source
    rules: tuple[Rule, ...]
    out: str = field(metadata={"help": "where the dataset goes: a folder, or s3://bucket/prefix"})
    limit: int | None = field(default=None, metadata={"help": "only the first N planned tiles"})
    show: bool = field(
        default=False, metadata={"help": "narrate --limit tiles (8 unless said) to the terminal and a page, commit none"}
    )
    retry: bool = field(default=False, metadata={"help": "try rejected tiles again, and nothing else that is there"})
    max_reject_share: float = field(
        default=0.05,
        metadata={
            "help": "share of planned tiles rejected above which the job stops; 1: no limit (blank tiles of scenes and cloudy "
            "twins do not count)"
        },
    )
    shards: str | None = field(
        default=None,
        metadata={"help": "only these shards, as 0:128, without a manifest: other runs do others; then --finish"},
    )
    finish: bool = field(default=False, metadata={"help": "do no shard, look that all are there, and write the manifest"})
    engine: Engine = field(default_factory=Engine)


def main(config: Config) -> Artifact | RangeDone | None:
    """The dataset at `config.out`; None after --show, and what was done where that is a range of its shards."""
    if config.show and (config.retry or config.shards or config.finish):
        raise UserError("--show commits nothing, and --retry, --shards and --finish commit; leave one or the other out")
    if config.show:
        show.show(config.source, config.rules, out=config.out, limit=config.limit)
        return None
    if config.shards and (config.retry or config.finish):
        raise UserError("--shards is of a range, --retry and --finish of the whole dataset; leave one or the other out")
    if config.shards:
        return build.build_range(
            config.source,
            config.rules,
            parse_range(config.shards),
            out=config.out,
            engine=config.engine,
            limit=config.limit,
            max_reject_share=config.max_reject_share,
        )
    return build.build(
        config.source,
        config.rules,
        out=config.out,
        engine=config.engine,
        limit=config.limit,
        retry=config.retry,
        max_reject_share=config.max_reject_share,
        only_finish=config.finish,
    )


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, "jobs.recipes.build:BUILD", prog="jobs.build"))
