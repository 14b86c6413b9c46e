"""dataset -> images and texts for others: python -m jobs.export --dataset DIR --form llava|open_clip|grounding|... --out DIR"""

from dataclasses import dataclass, field

from sartext.flow import commandline
from sartext.flow.export.export import ALL, Exported, export


@dataclass(frozen=True, kw_only=True)
class Config:
    """Writes the images of a dataset as files, with their questions or captions for other programs.

    What an export is: the tiles of a dataset, the form that another program reads, and where it goes.
    """

    dataset: str = field(metadata={"help": "whose tiles are written: a folder, or s3://bucket/prefix"})
    out: str = field(metadata={"help": "where the files go: a folder, or s3://bucket/prefix"})
    form: str = field(
        default="llava",
        metadata={
            "help": "llava: questions as conversations; open_clip: captions as rows; "
            "grounding: captions with boxes to phrases; preference: kept before contradicted captions; coco: COCO captions; "
            "sar_text: the CSV layout of SAR-TEXT; webdataset: tars for open_clip's training"
        },
    )
    split: str = field(default=ALL, metadata={"help": "which tiles: all, train, val or test"})
    narrator_captions: bool = field(
        default=False, metadata={"help": "write also captions that a trained model wrote: those of the route narrator"}
    )
    own_use: bool = field(
        default=False, metadata={"help": "write also what may not be passed on: the export stays with whoever makes it"}
    )
    commercial_use: bool = field(default=False, metadata={"help": "leave out what licences allow for non-commercial use only"})


def main(config: Config) -> Exported:
    """The files at `config.out`."""
    return export(
        config.dataset,
        out=config.out,
        form=config.form,
        split=config.split,
        narrator_captions=config.narrator_captions,
        own_use=config.own_use,
        commercial_use=config.commercial_use,
    )


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.export"))
