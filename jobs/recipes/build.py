"""Named, complete build configs, as functions; with `train`, the only place with real dataset and model names."""

from dataclasses import replace
from typing import Any

from jobs.build import Config
from jobs.recipes.twin_models import (
    pairs_described,
    pairs_described_rewritten,
    pairs_described_vllm,
    pairs_rewritten,
    pairs_rewritten_vllm,
    synthetic_twins_described,
    synthetic_twins_rewritten,
    synthetic_twins_rewritten_vllm,
)
from sartext.config import REQUIRED, Recipes
from sartext.flow.engine.options import Engine
from sartext.flow.predict.by_vllm.vllm_narrator import VLLMNarrator
from sartext.flow.predict.narrator import Narrator
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.narrate.write.sa2c import SA2C
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.annotations.labels import SAR_AIRCRAFT_LABELS
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.captioned import (
    CaptionedCoco,
    CaptionedCocoMasks,
    CaptionedDota,
    CaptionedMasks,
    CaptionedVoc,
    CaptionedYolo,
)
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.described_pairs import DescribedPairs
from sartext.sources.dota import Dota
from sartext.sources.files.match_pairs import SEN12
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.masks import Masks
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.scenes import Scenes
from sartext.sources.source import SHARD_TILES, Source
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo


def _with_boxes(source: Source) -> Config:
    return Config(source=source, rules=(A2C(), Coarse(), Verify(), Questions()), out=REQUIRED)


def _with_masks(source: Source) -> Config:
    return Config(source=source, rules=(A2C(), SA2C(), Coarse(), Verify(), Questions()), out=REQUIRED)


def synthetic() -> Config:
    """The embedded archive: scenes drawn from physics, with oriented boxes, land covers and optical twins."""
    return _with_boxes(Synthetic(tiles=2000))


def synthetic_optical() -> Config:
    """The embedded archive as an optical set, with captions of its own: what the first stage of training learns from."""
    return Config(source=OpticalArchive(tiles=4000), rules=(Verify(), Questions()), out=REQUIRED)


def coco() -> Config:
    """Boxes from a COCO instance JSON."""
    return _with_boxes(Coco(images=REQUIRED, annotations=REQUIRED))


def voc() -> Config:
    """Boxes from Pascal VOC: a folder with one XML an image, or one XML for the whole set."""
    return _with_boxes(Voc(images=REQUIRED, annotations=REQUIRED))


def yolo() -> Config:
    """Boxes or oriented boxes from YOLO label files."""
    return _with_boxes(Yolo(images=REQUIRED, labels=REQUIRED, classes=REQUIRED))


def dota() -> Config:
    """Oriented boxes from DOTA label files."""
    return _with_boxes(Dota(images=REQUIRED, labels=REQUIRED))


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
    return _with_boxes(Coco(images=REQUIRED, annotations=REQUIRED, name="hrsid", **_HRSID))


# Its resolution is 1 m; how far apart its pixels are is not said, so captions speak of metres with --source.gsd-m alone.
_SAR_AIRCRAFT: dict[str, Any] = {
    "citation": "Wang, Kang, Zeng, Wang, Zhang, Sun: SAR-AIRcraft-1.0: High-resolution SAR Aircraft Detection and Recognition "
    "Dataset. Journal of Radars 12(4), 2023",
    "label_map": SAR_AIRCRAFT_LABELS,
    "exhaustive": ("aircraft",),
}


def sar_aircraft() -> Config:
    """SAR-AIRcraft-1.0 (Wang et al. 2023): aircraft of seven classes in Gaofen-3 chips of 1 m resolution, Pascal VOC XML."""
    return _with_boxes(Voc(images=REQUIRED, annotations=REQUIRED, name="sar_aircraft", **_SAR_AIRCRAFT))


def masks() -> Config:
    """Regions from mask images, of classes by value or colour, or of instances."""
    return _with_masks(Masks(images=REQUIRED, masks=REQUIRED))


def coco_masks() -> Config:
    """Regions and boxes from the polygons and run lengths of a COCO instance JSON."""
    return _with_masks(CocoMasks(images=REQUIRED, annotations=REQUIRED))


def hrsid_masks() -> Config:
    """HRSID's masks (Wei et al. 2020) as colours: ships green on black."""
    source = Masks(
        images=REQUIRED,
        masks=REQUIRED,
        classes='{"background": [0, 0, 0], "ship": [0, 255, 0]}',
        name="hrsid",
        **_HRSID,
    )
    return _with_masks(source)


def synthetic_masks() -> Config:
    """The embedded archive, narrated by its masks of land covers as well as by its boxes."""
    return _with_masks(Synthetic(tiles=2000))


def scenes() -> Config:
    """Scenes cut into tiles: GeoTIFF and COG, Sentinel-1 products, NISAR GCOV, SICD."""
    return _with_masks(Scenes(scenes=REQUIRED))


def pairs() -> Config:
    """Co-registered SAR and optical images, captioned from texts or masks of the optical ones, where some are given."""
    return Config(source=DescribedPairs(sar=REQUIRED, optical=REQUIRED), rules=(TwinText(), Verify()), out=REQUIRED)


def synthetic_twins() -> Config:
    """The embedded archive with its annotations withheld, captioned from its optical captions."""
    return Config(source=ArchiveTwins(of=Synthetic(tiles=200)), rules=(TwinText(), Verify()), out=REQUIRED)


def sen12() -> Config:
    """SEN1-2 (Schmitt et al. 2018): 256 px pairs of Sentinel-1 VV and Sentinel-2 RGB, 10 m; both folders may be one."""
    source = DescribedPairs(
        sar=REQUIRED,
        optical=REQUIRED,
        name="sen12",
        licence="CC-BY-4.0",
        citation="Schmitt, Hughes, Zhu: The SEN1-2 Dataset for Deep Learning in SAR-Optical Data Fusion. ISPRS Annals, 2018",
        gsd_m=10.0,
    )
    return replace(pairs(), source=source)


def sen12ms() -> Config:
    """SEN12MS (Schmitt et al. 2019): 256 px pairs of Sentinel-1 VV and VH, float dB, and Sentinel-2 in 13 bands, 10 m."""
    source = DescribedPairs(
        sar=REQUIRED,
        optical=REQUIRED,
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
    return _captioned(Captions(images=REQUIRED, captions=REQUIRED))


def sar_text() -> Config:
    """SAR-TEXT (He et al. 2025): one of its `annotations_<Dataset>.csv`, and the folder `SAR-TEXT-data` or one below it."""
    source = Captions(
        images=REQUIRED,
        captions=REQUIRED,
        name="sar_text",
        citation="He, Cheng, Zhu, Qiu, Wang, Zhang, Huang, Yang: SAR-TEXT: A Large-Scale SAR Image-Text Dataset Built with "
        "SAR-Narrator and A Progressive Learning Strategy for Downstream Tasks. arXiv:2507.18743, 2025",
        scene_pattern=SEN12,  # its images of SEN1-2 keep their names; others are scenes of their own
    )
    return _captioned(source)


def rsicd() -> Config:
    """RSICD (Lu et al. 2018): optical images with five captions each, `dataset_rsicd.json` with its own splits."""
    source = Captions(
        images=REQUIRED,
        captions=REQUIRED,
        name="rsicd",
        citation="Lu, Wang, Zheng, Li: Exploring Models and Data for Remote Sensing Image Caption Generation. IEEE TGRS, 2018",
        modality="optical",
    )
    return _captioned(source)


def llava() -> Config:
    """Images with questions and answers, as LLaVA's conversation JSON or one entry a line."""
    return Config(source=Llava(images=REQUIRED, conversations=REQUIRED), rules=(), out=REQUIRED)


def _captioned(source: Source) -> Config:
    """What people wrote is judged and kept; nothing is added to it."""
    return Config(source=source, rules=(Verify(),), out=REQUIRED)


def verify() -> Config:
    """Anybody's captions judged by COCO boxes of the same images: CSV, TSV, COCO captions, Karpathy JSON, LLaVA."""
    return _judged(CaptionedCoco(images=REQUIRED, annotations=REQUIRED, captions=REQUIRED))


def verify_voc() -> Config:
    """As `verify`, by boxes of Pascal VOC."""
    return _judged(CaptionedVoc(images=REQUIRED, annotations=REQUIRED, captions=REQUIRED))


def verify_yolo() -> Config:
    """As `verify`, by boxes of YOLO label files."""
    return _judged(CaptionedYolo(images=REQUIRED, labels=REQUIRED, classes=REQUIRED, captions=REQUIRED))


def verify_dota() -> Config:
    """As `verify`, by oriented boxes of DOTA label files."""
    return _judged(CaptionedDota(images=REQUIRED, labels=REQUIRED, captions=REQUIRED))


def verify_masks() -> Config:
    """As `verify`, by mask images."""
    return _judged(CaptionedMasks(images=REQUIRED, masks=REQUIRED, captions=REQUIRED))


def verify_coco_masks() -> Config:
    """As `verify`, by the polygons and run lengths of a COCO instance JSON."""
    return _judged(CaptionedCocoMasks(images=REQUIRED, annotations=REQUIRED, captions=REQUIRED))


def verify_hrsid() -> Config:
    """As `verify`, by HRSID's boxes: for the captions that SAR-TEXT has of it, say."""
    return _judged(CaptionedCoco(images=REQUIRED, annotations=REQUIRED, captions=REQUIRED, name="hrsid", **_HRSID))


def verify_sar_aircraft() -> Config:
    """As `verify`, by SAR-AIRcraft's boxes."""
    source = CaptionedVoc(images=REQUIRED, annotations=REQUIRED, captions=REQUIRED, name="sar_aircraft", **_SAR_AIRCRAFT)
    return _judged(source)


def _judged(source: Source) -> Config:
    """What the annotations contradict is refused, and what is left of it is a caption of its own."""
    policy = dict(Verify().policy) | {"human": "keep"}
    return Config(source=source, rules=(Verify(policy=tuple(policy.items())),), out=REQUIRED)


def narrator() -> Config:
    """Images without annotations, captioned by a CoCa that was trained before."""
    return with_narrator(Images(images=REQUIRED))


def synthetic_narrator() -> Config:
    """The embedded archive with its annotations withheld, captioned by a CoCa that was trained before."""
    return with_narrator(Unlabelled(of=Synthetic(tiles=200, twin=False)))


def narrator_calibration() -> Config:
    """COCO boxes, narrated by a CoCa that did not learn from them, and judged: what `--narrator.precision` goes by."""
    return _calibration(Coco(images=REQUIRED, annotations=REQUIRED))


def narrator_calibration_voc() -> Config:
    """As `narrator_calibration`, by boxes of Pascal VOC."""
    return _calibration(Voc(images=REQUIRED, annotations=REQUIRED))


def narrator_calibration_yolo() -> Config:
    """As `narrator_calibration`, by boxes of YOLO label files."""
    return _calibration(Yolo(images=REQUIRED, labels=REQUIRED, classes=REQUIRED))


def narrator_calibration_dota() -> Config:
    """As `narrator_calibration`, by oriented boxes of DOTA label files."""
    return _calibration(Dota(images=REQUIRED, labels=REQUIRED))


def narrator_calibration_masks() -> Config:
    """As `narrator_calibration`, by mask images."""
    return _calibration(Masks(images=REQUIRED, masks=REQUIRED))


def synthetic_calibration() -> Config:
    """The embedded archive with its annotations, narrated and judged: a calibration set, of scenes of its own."""
    return _calibration(Synthetic(tiles=2000, seed=4, twin=False))


def _calibration(source: Source) -> Config:
    """The labelled tiles of a source, with a caption of a trained CoCa, samples beside it, and verdicts on both."""
    narrator = Narrator(checkpoint=REQUIRED, samples=8)
    return Config(source=source, rules=(narrator, Verify()), out=REQUIRED, engine=Engine(actors=1))


def with_narrator(source: Source, checkpoint: str = REQUIRED, max_tokens: int = Narrator.max_tokens) -> Config:
    """The tiles of a source, captioned by a trained CoCa."""
    narrator = Narrator(checkpoint=checkpoint, max_tokens=max_tokens)
    return Config(source=source, rules=(narrator, Verify()), out=REQUIRED, engine=Engine(actors=1))


def narrator_vllm() -> Config:
    """Images without annotations, captioned by vLLM: a GPT that was trained before, or any model of images that it serves."""
    # The largest shards: at the end of each the engine has less and less to do.
    return _with_vllm(Images(images=REQUIRED, shard_tiles=SHARD_TILES))


def synthetic_narrator_vllm() -> Config:
    """The embedded archive with its annotations withheld, captioned by vLLM."""
    return _with_vllm(Unlabelled(of=Synthetic(tiles=200, twin=False)))


def _with_vllm(source: Source) -> Config:
    return Config(source=source, rules=(VLLMNarrator(checkpoint=REQUIRED), Verify()), out=REQUIRED, engine=Engine(actors=1))


BUILD = Recipes(
    Config,
    *(synthetic, synthetic_masks, synthetic_optical, coco, voc, yolo, dota, hrsid, sar_aircraft),
    *(masks, coco_masks, hrsid_masks, scenes, pairs, sen12, sen12ms, pairs_rewritten),
    *(synthetic_twins, synthetic_twins_rewritten, pairs_rewritten_vllm, synthetic_twins_rewritten_vllm),
    *(pairs_described, pairs_described_vllm, pairs_described_rewritten, synthetic_twins_described),
    *(captions, sar_text, rsicd, llava, narrator, synthetic_narrator, narrator_vllm, synthetic_narrator_vllm),
    *(narrator_calibration, narrator_calibration_voc, narrator_calibration_yolo, narrator_calibration_dota),
    *(narrator_calibration_masks, synthetic_calibration),
    *(verify, verify_voc, verify_yolo, verify_dota, verify_masks, verify_coco_masks, verify_hrsid, verify_sar_aircraft),
)
