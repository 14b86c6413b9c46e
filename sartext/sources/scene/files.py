"""Which scenes there are, by their files; what they are called, and what else goes by their names."""

import os
import posixpath
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from sartext.errors import SourceError
from sartext.sources.files.discover import list_files
from sartext.sources.files.keys import segment
from sartext.sources.filesystem import is_file, is_folder, is_remote, join, real_path
from sartext.sources.readers.scene import SceneFile
from sartext.sources.readers.sidecar import is_companion, is_sidecar

_OF_BUCKET = ("measurement/", "annotation/", "preview/", "support/")  # folders of a product beside its productInfo.json


class Found(NamedTuple):
    """What the files of a folder are."""

    scenes: list[SceneFile]
    layers: dict[str, str]  # files that are layers beside scenes, and what
    unread: list[str]  # files that no reader takes, and that say no more of one that is taken


def scene_files(path: str, *, list_: bool = True) -> tuple[str, list[str]]:
    """The folder that paths are relative to, and all files in it. A product's own folder, or one file, is seen from outside."""
    path = path.rstrip("/") if is_remote(path) else os.path.normpath(path)
    if is_file(path):
        return os.path.dirname(path) or ".", [os.path.basename(path)]
    if not is_folder(path):
        raise SourceError("is no folder and no file that can be read", file=path, remedy="give the folder of the scenes")
    whole = (
        path.upper().endswith(".SAFE")
        or is_file(join(path, "productInfo.json"))
        or is_folder(join(path, "annotation/calibration"))
    )
    outside = path if is_remote(path) else os.path.abspath(path)
    folder, inside = os.path.split(outside) if whole else (path, "")
    return folder, [posixpath.join(inside, file) for file in list_files(path, None)] if list_ else []


def without(masks: str | None, folder: str, files: Sequence[str]) -> list[str]:
    """The files in the folder that are not below that of the masks, whose files would be scenes else."""
    inside = "" if masks is None else os.path.relpath(real_path(masks), real_path(folder)).replace(os.sep, "/")
    return [file for file in files if not file.startswith(f"{inside}/")] if inside else list(files)


def found(folder: str, files: Sequence[str], take: Collection[str] = ()) -> Found:
    """The scenes that the files make, each in one at most, and what is none. Of `take` none is a layer beside scenes."""
    from sartext.sources.readers import gcov, geotiff, safe, sicd  # GDAL takes 0.3 s, and other builds do without

    products = safe.found(folder, files)
    roots = tuple(f"{product.root}/" for product in products if product.inside is None)
    left = [file for file in files if not file.startswith(roots)] if roots else list(files)
    tiffs = geotiff.found(folder, left, take)
    scenes: list[SceneFile] = [*products, *gcov.found(folder, left), *sicd.found(folder, left), *tiffs.scenes]
    taken = {file for scene in scenes for file in scene.files()} | set(tiffs.layers)
    of_bucket = tuple(posixpath.dirname(scene.info) for scene in tiffs.scenes if scene.info is not None)
    whole, stems = set(files), {posixpath.splitext(file)[0] for file in files if not is_companion(file)}
    return Found(
        scenes,
        tiffs.layers,
        [
            file
            for file in left
            if file not in taken
            and not is_sidecar(file, whole, stems)
            and not any(_in_bucket(posixpath.relpath(file, base or ".")) for base in of_bucket)
        ],
    )


def _in_bucket(file: str) -> bool:
    """Whether a file, by its path from a productInfo.json, is of that product as the public bucket has it."""
    return file.startswith(_OF_BUCKET) or file == "manifest.safe"


def chosen(files: Sequence[str], patterns: Sequence[str], option: str, folder: str) -> set[str]:
    """The files whose paths or bare names one of the patterns matches. Raises `SourceError` where one matches none."""
    found: set[str] = set()
    for pattern in patterns:
        matching = {one for one in files if fnmatchcase(one, pattern) or fnmatchcase(posixpath.basename(one), pattern)}
        if not matching:
            raise SourceError(f"no file in it is called like {pattern!r}, which --source.{option} has", file=folder)
        found |= matching
    return found


def unique(names: Sequence[str]) -> list[str]:
    """The names as segments of keys; one that is there again gets the next number that makes a name of its own."""
    plain = [segment(name) for name in names]
    there = set(plain)
    taken: set[str] = set()
    found = []
    for one in plain:
        told, number = one, 1
        while told in taken or (number > 1 and told in there):
            number += 1
            told = segment(f"{one}-{number}")
        taken.add(told)
        found.append(told)
    return found


class Owned(NamedTuple):
    """Annotations of many scenes by the scene that they are of."""

    of_scene: tuple[tuple[str, ...], ...]  # names, by the number of the scene
    unclear: Mapping[str, tuple[int, ...]]  # names that several scenes could have, and the numbers of those
    of_none: tuple[str, ...]  # names that no scene has


def owned(names: Sequence[str], scenes: Sequence[Sequence[str]], *, anywhere: bool) -> Owned:
    """Which scene, by its own names, each of the names is of: the one that has it as it is, or else as its bare name.

    Without `anywhere` only a name without folder goes by its bare name; with it any does that no other shares.
    """
    whole: dict[str, set[int]] = defaultdict(set)
    bare: dict[str, set[int]] = defaultdict(set)
    for number, known in enumerate(scenes):
        for name in known:
            whole[name].add(number)
            bare[posixpath.basename(name)].add(number)
    times = Counter(posixpath.basename(name) for name in names)
    of_scene: list[list[str]] = [[] for _ in scenes]
    unclear, of_none = {}, []
    for name in names:
        base = posixpath.basename(name)
        loose = times[base] == 1 if anywhere else base == name
        found = sorted(whole.get(name) or (bare.get(base) if loose else None) or ())
        for number in found:
            of_scene[number].append(name)
        if len(found) > 1:
            unclear[name] = tuple(found)
        elif not found:
            of_none.append(name)
    return Owned(tuple(map(tuple, of_scene)), unclear, tuple(of_none))


def such_as(names: Sequence[str]) -> str:
    """What the names look like, for an error message."""
    return f", but such as {names[0]!r}" if names else ""
