"""Recipes of pairs of which a model describes the optical image, or puts into words what is known of it; part of `build`."""

from jobs.build import Config
from sartext.config import REQUIRED
from sartext.flow.engine.options import Engine
from sartext.flow.predict.by_vllm.vllm_twin_describer import VLLMTwinDescriber
from sartext.flow.predict.by_vllm.vllm_twin_rewriter import VLLMTwinRewriter
from sartext.flow.predict.rewrite.model_rewriter import ModelRewriter
from sartext.flow.predict.rewrite.optical_describer import OpticalDescriber
from sartext.flow.predict.rewrite.twin_describer import TwinDescriber
from sartext.flow.predict.rewrite.twin_rewriter import TwinRewriter
from sartext.narrate.verify import Verify
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.described_pairs import DescribedPairs
from sartext.sources.source import Source
from sartext.sources.synthetic import Synthetic


def pairs_rewritten() -> Config:
    """As `pairs`, put into words by a causal language model of transformers, which is held to what is known."""
    return _rewritten(DescribedPairs(sar=REQUIRED, optical=REQUIRED))


def synthetic_twins_rewritten() -> Config:
    """As `synthetic_twins`, put into words by a causal language model of transformers."""
    return _rewritten(ArchiveTwins(of=Synthetic(tiles=200)))


def pairs_rewritten_vllm() -> Config:
    """As `pairs`, put into words by a language model that vLLM serves, which is held to what is known."""
    return _rewritten(DescribedPairs(sar=REQUIRED, optical=REQUIRED), VLLMTwinRewriter(model=REQUIRED))


def synthetic_twins_rewritten_vllm() -> Config:
    """As `synthetic_twins`, put into words by a language model that vLLM serves."""
    return _rewritten(ArchiveTwins(of=Synthetic(tiles=200)), VLLMTwinRewriter(model=REQUIRED))


def _rewritten(source: Source, rewriter: ModelRewriter | None = None) -> Config:
    rules = (rewriter or TwinRewriter(model=REQUIRED), Verify())
    return Config(source=source, rules=rules, out=REQUIRED, engine=Engine(actors=1))


def pairs_described() -> Config:
    """As `pairs`, of what a CoCa says of the optical images, which was trained on such."""
    return _described(DescribedPairs(sar=REQUIRED, optical=REQUIRED), TwinDescriber(checkpoint=REQUIRED))


def pairs_described_vllm() -> Config:
    """As `pairs`, of what a model of images and texts that vLLM serves says of the optical images."""
    return _described(DescribedPairs(sar=REQUIRED, optical=REQUIRED), VLLMTwinDescriber(checkpoint=REQUIRED))


def synthetic_twins_described() -> Config:
    """As `synthetic_twins`, of what a CoCa says of the optical images instead of the archive's captions of them."""
    return _described(ArchiveTwins(of=Synthetic(tiles=200), described=False), TwinDescriber(checkpoint=REQUIRED))


def pairs_described_rewritten() -> Config:
    """As `pairs_described`, put into words by a causal language model of transformers, which is held to what is known."""
    rewriter = TwinRewriter(model=REQUIRED)
    return _described(DescribedPairs(sar=REQUIRED, optical=REQUIRED), TwinDescriber(checkpoint=REQUIRED), rewriter)


def _described(source: Source, describer: OpticalDescriber, writer: TwinText | TwinRewriter | None = None) -> Config:
    rules = (describer, writer or TwinText(), Verify())
    return Config(source=source, rules=rules, out=REQUIRED, engine=Engine(actors=1))
