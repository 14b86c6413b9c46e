"""Named, complete configs, as functions; the only place with real dataset and model names. "" is what a user must give."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jobs.build import Config
from sartext.flow.engine.options import Engine, Pool
from sartext.flow.predict.narrator import Narrator
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.annotations.labels import SAR_AIRCRAFT_LABELS
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.dota import Dota
from sartext.sources.files.match_pairs import SEN12
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.masks import Masks
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.pairs import Pairs
from sartext.sources.scenes import Scenes
from sartext.sources.source import Source
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo


def _narrated(source: Source) -> Config:
    return Config(source=source, rules=(A2C(), Verify(), Questions()), out="")


def _covered(source: Source) -> Config:
    return Config(source=source, rules=(A2C(), SA2C(), Verify(), Questions()), out="")


def synthetic() -> Config:
    """The embedded archive: scenes drawn from physics, with oriented boxes, land covers and optical twins."""
    return _narrated(Synthetic(tiles=2000))


def synthetic_optical() -> Config:
    """The embedded archive as an optical set, with captions of its own: what the first stage of training learns from."""
    return Config(source=OpticalArchive(tiles=4000), rules=(Verify(), Questions()), out="")


def coco() -> Config:
    """Boxes from a COCO instance JSON."""
    return _narrated(Coco(images="", annotations=""))


def voc() -> Config:
    """Boxes from Pascal VOC: a folder with one XML an image, or one XML for the whole set."""
    return _narrated(Voc(images="", annotations=""))


def yolo() -> Config:
    """Boxes or oriented boxes from YOLO label files."""
    return _narrated(Yolo(images="", labels="", classes=""))


def dota() -> Config:
    """Oriented boxes from DOTA label files."""
    return _narrated(Dota(images="", labels=""))


# Chips are named by scene and place in it: P0001_1200_2000_9600_10400 is rows 1200 to 2000, columns 9600 to 10400.
_HRSID: dict[str, Any] = {
    "licence": "GPL-3.0-only",
    "citation": "Wei, Zeng, Qu, Wang, Su, Shi: HRSID: A High-Resolution SAR Images Dataset for Ship Detection and Instance "
    "Segmentation. IEEE Access 8, 2020",
    "exhaustive": ("ship",),
    "scene_pattern": r"(?P<scene>P\d+)_(?P<row>\d+)_\d+_(?P<col>\d+)_\d+",
}


def hrsid() -> Config:
    """HRSID (Wei et al. 2020): ships in 800 px chips of Sentinel-1B, TerraSAR-X and TanDEM-X, COCO JSON."""
    return _narrated(Coco(images="", annotations="", name="hrsid", **_HRSID))


def sar_aircraft() -> Config:
    """SAR-AIRcraft-1.0 (Wang et al. 2023): aircraft of seven classes in Gaofen-3 chips of 1 m resolution, Pascal VOC XML."""
    # Its resolution is 1 m; how far apart its pixels are is not said, so captions speak of metres with --source.gsd-m alone.
    source = Voc(
        images="",
        annotations="",
        name="sar_aircraft",
        citation="Wang, Kang, Zeng, Wang, Zhang, Sun: SAR-AIRcraft-1.0: High-resolution SAR Aircraft Detection and Recognition "
        "Dataset. Journal of Radars 12(4), 2023",
        label_map=SAR_AIRCRAFT_LABELS,
        exhaustive=("aircraft",),
    )
    return _narrated(source)


def masks() -> Config:
    """Regions from mask images, of classes by value or colour, or of instances."""
    return _covered(Masks(images="", masks=""))


def coco_masks() -> Config:
    """Regions and boxes from the polygons and run lengths of a COCO instance JSON."""
    return _covered(CocoMasks(images="", annotations=""))


def hrsid_masks() -> Config:
    """HRSID's masks (Wei et al. 2020) as colours: ships green on black."""
    source = Masks(
        images="",
        masks="",
        classes='{"background": [0, 0, 0], "ship": [0, 255, 0]}',
        name="hrsid",
        **_HRSID,
    )
    return _covered(source)


def synthetic_masks() -> Config:
    """The embedded archive, narrated by its masks of land covers as well as by its boxes."""
    return _covered(Synthetic(tiles=2000))


def scenes() -> Config:
    """Scenes cut into tiles: GeoTIFF and COG, Sentinel-1 products, NISAR GCOV, SICD."""
    return _covered(Scenes(scenes=""))


def pairs() -> Config:
    """Co-registered SAR and optical images, by name or by a list: tiles without captions: no recipe writes them of twins."""
    return Config(source=Pairs(sar="", optical=""), rules=(), out="")


def sen12() -> Config:
    """SEN1-2 (Schmitt et al. 2018): 256 px pairs of Sentinel-1 VV and Sentinel-2 RGB, 10 m; both folders may be one."""
    source = Pairs(
        sar="",
        optical="",
        name="sen12",
        licence="CC-BY-4.0",
        citation="Schmitt, Hughes, Zhu: The SEN1-2 Dataset for Deep Learning in SAR-Optical Data Fusion. ISPRS Annals, 2018",
        gsd_m=10.0,
    )
    return replace(pairs(), source=source)


def sen12ms() -> Config:
    """SEN12MS (Schmitt et al. 2019): 256 px pairs of Sentinel-1 VV and VH, float dB, and Sentinel-2 in 13 bands, 10 m."""
    source = Pairs(
        sar="",
        optical="",
        name="sen12ms",
        licence="CC-BY-4.0",
        citation="Schmitt, Hughes, Qiu, Zhu: SEN12MS - A Curated Dataset of Georeferenced Multi-Spectral Sentinel-1/2 Imagery "
        "for Deep Learning and Data Fusion. ISPRS Annals, 2019",
        gsd_m=10.0,
        quantity="sigma0_db",
        polarisations=("VV", "VH"),
        optical_bands=(4, 3, 2),
        optical_limits=(0.0, 3000.0),  # reflectance of 0 to 0.3, of which land has less, and clouds have more
    )
    return replace(pairs(), source=source)


def captions() -> Config:
    """Images with captions that exist: CSV, TSV, COCO captions or Karpathy JSON; SAR or optical."""
    return _captioned(Captions(images="", captions=""))


def sar_text() -> Config:
    """SAR-TEXT (He et al. 2025): one of its `annotations_<Dataset>.csv`, and the folder `SAR-TEXT-data` or one below it."""
    source = Captions(
        images="",
        captions="",
        name="sar_text",
        citation="He, Cheng, Zhu, Qiu, Wang, Zhang, Huang, Yang: SAR-TEXT: A Large-Scale SAR Image-Text Dataset Built with "
        "SAR-Narrator and A Progressive Learning Strategy for Downstream Tasks. arXiv:2507.18743, 2025",
        scene_pattern=SEN12,  # its images of SEN1-2 keep their names; others are scenes of their own
    )
    return _captioned(source)


def rsicd() -> Config:
    """RSICD (Lu et al. 2018): optical images with five captions each, `dataset_rsicd.json` with its own splits."""
    source = Captions(
        images="",
        captions="",
        name="rsicd",
        citation="Lu, Wang, Zheng, Li: Exploring Models and Data for Remote Sensing Image Caption Generation. IEEE TGRS, 2018",
        modality="optical",
    )
    return _captioned(source)


def llava() -> Config:
    """Images with questions and answers, as LLaVA's conversation JSON or one entry a line."""
    return Config(source=Llava(images="", conversations=""), rules=(), out="")


def _captioned(source: Source) -> Config:
    """What people wrote is judged and kept; nothing is added to it."""
    return Config(source=source, rules=(Verify(),), out="")


def narrator() -> Config:
    """Images without annotations, captioned by a CoCa that was trained before."""
    return _told(Images(images=""))


def synthetic_narrator() -> Config:
    """The embedded archive with its annotations withheld, captioned by a CoCa that was trained before."""
    return _told(Unlabelled(of=Synthetic(tiles=200, twin=False)))


def _told(source: Source, checkpoint: str = "") -> Config:
    return Config(source=source, rules=(Narrator(checkpoint=checkpoint), Verify()), out="", engine=Engine(actors=1))


BUILD: dict[str, Callable[[], Config]] = {
    recipe.__name__: recipe
    for recipe in (
        *(synthetic, synthetic_masks, synthetic_optical, coco, voc, yolo, dota, hrsid, sar_aircraft),
        *(masks, coco_masks, hrsid_masks, scenes, pairs, sen12, sen12ms),
        *(captions, sar_text, rsicd, llava, narrator, synthetic_narrator),
    )
}


# Recipes of training import their models themselves: torch takes seconds, and a build does without.


def clip() -> Any:
    """A tiny CLIP, trained from nothing on two cores: retrieval."""
    from sartext.models.clip import CLIP
    from sartext.models.towers import Tiny

    return _small(CLIP(towers=Tiny(image_size_px=96, patch_size_px=16)))


def coca() -> Any:
    """A tiny CoCa, trained from nothing on two cores: captions."""
    from sartext.models.coca import CoCa
    from sartext.models.towers import Tiny

    return _small(CoCa(towers=Tiny(image_size_px=96, patch_size_px=16)))


def gpt() -> Any:
    """A tiny Qwen2-VL, trained from nothing on two cores: questions."""
    from sartext.models.gpt import GPT
    from sartext.models.qwen import TinyQwen

    return _small(GPT(language=TinyQwen(image_size_px=96, patch_size_px=16)))


def sar_text_clip() -> Any:
    """SAR-RS-CLIP: OpenAI's ViT-L-14, 10 epochs a stage, cosine from 5e-5 (the published recipe of SARVLM, the same idea)."""
    from sartext.models.clip import CLIP
    from sartext.models.towers import Named

    objective = CLIP(towers=Named(name="ViT-L-14-quickgelu", pretrained="openai"))
    return replace(_trained(objective, peak=5e-5, weight_decay=0.01, warmup_share=0.1), batch_size=1024)


def sar_text_coca() -> Any:
    """SAR-RS-CoCa: LAION's coca_ViT-L-14, 10 epochs a stage at 1e-5, both losses weighted 1 (as SARVLM)."""
    from sartext.models.coca import CoCa
    from sartext.models.towers import Named

    objective = CoCa(towers=Named(name="coca_ViT-L-14", pretrained="laion2b_s13b_b90k"), caption_weight=1.0)
    return replace(_trained(objective, peak=1e-5, weight_decay=0.1, warmup_share=0.1), batch_size=512)


def sar_text_gpt() -> Any:
    """SAR-GPT: Qwen2-VL 2B with low-rank adapters, a model that vLLM serves."""
    from sartext.models.gpt import GPT, NamedGPT

    objective = GPT(language=NamedGPT(name="Qwen/Qwen2-VL-2B-Instruct"), lora_rank=16)
    return replace(_trained(objective, peak=1e-4, weight_decay=0.0, warmup_share=0.1), batch_size=64)


def _small(objective: Any) -> Any:
    """For models from nothing: at the first stage's rate a CLIP that comes from it collapses on its first SAR batches."""
    small = _trained(objective, peak=1e-3, warmup_share=0.2)
    return replace(small, batch_size=32, sar_optimizer=replace(small.sar_optimizer, peak=5e-4))


def _trained(objective: Any, **optimizer: float) -> Any:
    from jobs.train import Config as TrainConfig
    from sartext.models.optimizer import AdamW

    both = AdamW(**optimizer)
    return TrainConfig(objective=objective, optical="", sar="", out="", optical_optimizer=both, sar_optimizer=both)


TRAIN: dict[str, Callable[[], Any]] = {
    recipe.__name__: recipe for recipe in (clip, coca, gpt, sar_text_clip, sar_text_coca, sar_text_gpt)
}


def evaluate() -> Any:
    """Measures what every model of some trainings says of one split of a dataset."""
    from jobs.evaluate import Config as EvaluateConfig

    return EvaluateConfig(checkpoints=(), dataset="", out="")


def index() -> Any:
    """Makes the tiles of a dataset searchable by a CLIP or a CoCa."""
    from jobs.index import Config as IndexConfig

    return IndexConfig(checkpoint="", dataset="", out="")


def export() -> Any:
    """Writes the images of a dataset as files, with their questions or captions for other programs."""
    from jobs.export import Config as ExportConfig

    return ExportConfig(dataset="", out="")


def audit() -> Any:
    """Reports near-identical tiles, shared scenes and overlapping footprints across the splits of a dataset and test sets."""
    from jobs.audit import Config as AuditConfig

    return AuditConfig(dataset="", out="")


def serve() -> Any:
    """Serves models and an index as one application, with a page to search, caption and ask."""
    from sartext.flow.serve.serve import Serving

    return Serving()


def quickstart() -> Any:
    """Builds, trains, narrates, evaluates and indexes on the embedded archive, and tells of it on a page."""
    from jobs.quickstart import Config as QuickstartConfig

    return QuickstartConfig(out="")


def whole(out: str) -> Any:
    """Many optical images and 600 SAR images to learn from."""
    epochs = {"clip": (2, 20), "coca": (2, 16), "gpt": (2, 12)}
    return _chain(out, tiles={"optical": 4000, "sar": 750, "unseen": 400, "narrated": 200}, epochs=epochs)


def tiny(out: str) -> Any:
    """A hundred images of each kind: to see that everything runs."""
    epochs = {"clip": (1, 1), "coca": (1, 1), "gpt": (1, 1)}
    return _chain(out, tiles={"optical": 120, "sar": 100, "unseen": 60, "narrated": 40}, epochs=epochs)


def _chain(out: str, *, tiles: dict[str, int], epochs: dict[str, tuple[int, int]]) -> Any:
    """Every dataset has scenes of its own, by its seed."""
    from jobs.quickstart import Parts
    from sartext.flow.engine.options import Workers

    def archive(name: str, config: Config, source: Source) -> Config:
        return replace(config, source=source, out=f"{out}/{name}")

    stages = {
        name: {"optical_epochs": optical, "sar_epochs": sar, "out": f"{out}/{name}"} for name, (optical, sar) in epochs.items()
    }
    # The trainings run side by side: one thread each keeps two cores busier than two threads of one training. More than two
    # are too many for models of this size.
    workers = Workers(threads=min(2, max(1, (os.cpu_count() or 1) // len(epochs))))
    # A worker that dies takes all three back to their last checkpoints.
    places = {"optical": f"{out}/optical", "sar": f"{out}/sar", "workers": workers, "checkpoint_every_steps": 100}
    unlabelled = Unlabelled(of=Synthetic(tiles=tiles["narrated"], seed=3, twin=False))
    return Parts(
        optical=archive("optical", synthetic_optical(), OpticalArchive(tiles=tiles["optical"], seed=0)),
        sar=archive("sar", synthetic(), Synthetic(tiles=tiles["sar"], seed=1)),
        unseen=archive("unseen", synthetic(), Synthetic(tiles=tiles["unseen"], seed=2)),
        narrated=replace(_told(unlabelled, f"{out}/coca"), out=f"{out}/narrated"),
        trainings={name: replace(recipe(), **places, **stages[name]) for name, recipe in _TINY.items()},
        evaluation=replace(evaluate(), dataset=f"{out}/unseen", split="all", out=f"{out}/evaluation", pool=Pool(actors=2)),
        index=replace(index(), checkpoint=f"{out}/clip", dataset=f"{out}/unseen", out=f"{out}/index"),
    )


_TINY: dict[str, Callable[[], Any]] = {"clip": clip, "coca": coca, "gpt": gpt}
QUICKSTART: dict[str, Callable[[str], Any]] = {recipe.__name__: recipe for recipe in (whole, tiny)}
