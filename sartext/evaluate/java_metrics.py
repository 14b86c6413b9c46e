"""The parts of the COCO caption evaluation that are Java programs: the PTB tokenizer, METEOR and SPICE.

pycocoevalcap 1.2 has their jars; its own wrappers write into the installed package, keep a process until the garbage
collector comes, and SPICE's downloads what it lacks. Here the jars are read where they lie, everything is written to a
temporary folder, and every process ends before the function returns.
"""

import importlib.util
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pycocoevalcap.tokenizer.ptbtokenizer import PUNCTUATIONS  # type: ignore[import-untyped]

from sartext.evaluate import java

SPICE_JARS = ("stanford-corenlp-3.6.0.jar", "stanford-corenlp-3.6.0-models.jar")
_LINE_ENDS = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")  # what the tokenizer takes for the end of a caption

# SPICE 1.0 writes its file of scores with Nashorn, which Java has not had since 15, and its cache with a library that Java
# 17 does not let in. Its own classes need neither: this starts them as their main program does and writes the same JSON.
_SPICE_MAIN = """
import java.nio.file.*;
import java.util.*;
public class SpiceMain {
    public static void main(String[] given) throws Exception {
        Class<?> arguments = Class.forName("edu.anu.spice.SpiceArguments");
        Class<?> scorer = Class.forName("edu.anu.spice.SpiceScorer");
        var read = arguments.getDeclaredConstructor(String[].class);
        var make = scorer.getDeclaredConstructor();
        read.setAccessible(true);
        make.setAccessible(true);
        Object scoring = make.newInstance();
        Object options = read.newInstance((Object) new String[] {given[0], "-silent"});
        scorer.getMethod("scoreBatch", arguments).invoke(scoring, options);
        Object stats = scorer.getField("stats").get(scoring);
        Files.writeString(Path.of(given[1]), (String) stats.getClass().getMethod("toJSONString").invoke(stats));
    }
}
"""


def package() -> Path:
    """The folder of pycocoevalcap, which has no module of its own."""
    spec = importlib.util.find_spec("pycocoevalcap")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pycocoevalcap is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def ptb_tokenize(captions: Sequence[str], program: str) -> list[str]:
    """Each caption in lower case, its Penn Treebank tokens joined by spaces, punctuation left out. Raises `JavaError`."""
    if not captions:
        return []
    jar = package() / "tokenizer" / "stanford-corenlp-3.4.1.jar"
    with tempfile.TemporaryDirectory(prefix="sartext-tokens-") as name:
        folder = Path(name)
        (folder / "captions.txt").write_bytes("\n".join(_LINE_ENDS.sub(" ", text) for text in captions).encode())
        options = ("edu.stanford.nlp.process.PTBTokenizer", "-preserveLines", "-lowerCase", "captions.txt")
        lines = java.run(java.command(program, "-cp", str(jar), *options), folder).decode().split("\n")
    if lines[-1] == "" and len(lines) == len(captions) + 1:
        lines.pop()
    lines += [""] * (len(captions) - len(lines))  # empty captions at the end
    if len(lines) > len(captions):
        raise java.JavaError(f"the tokenizer made {len(lines)} lines of {len(captions)} captions")
    return [" ".join(word for word in line.rstrip().split(" ") if word not in PUNCTUATIONS) for line in lines]


def meteor(systems: Sequence[Sequence[str]], references: Sequence[Sequence[str]], program: str) -> list[float]:
    """METEOR 1.5 (Denkowski and Lavie, WMT 2014) of each system's tokenized captions, over the corpus. Raises `JavaError`.

    All systems are asked in one dialogue: the program takes seconds to start.
    """
    jar = package() / "meteor" / "meteor-1.5.jar"
    with java.dialogue(java.command(program, "-Xmx2G", "-jar", str(jar), "-", "-", "-stdio", "-l", "en", "-norm")) as talk:
        return [_meteor(candidates, references, talk) for candidates in systems]


def _meteor(candidates: Sequence[str], references: Sequence[Sequence[str]], talk: java.Dialogue) -> float:
    statistics = []
    for candidate, texts in zip(candidates, references, strict=True):
        talk.say(" ||| ".join(("SCORE", *map(_bare, texts), _bare(candidate))))
        statistics.append(talk.hear())
    talk.say(" ||| ".join(("EVAL", *statistics)))
    for _ in statistics:
        talk.hear()  # of one caption
    return float(talk.hear())


def _bare(text: str) -> str:
    """The text without METEOR's separator."""
    return text.replace("|||", "").replace("  ", " ")


def missing_spice_jars() -> list[str]:
    """The names of the jars that SPICE wants and pycocoevalcap does not bring."""
    return [name for name in SPICE_JARS if not (package() / "spice" / "lib" / name).is_file()]


def spice(
    systems: Sequence[Sequence[str]], references: Sequence[Sequence[str]], program: str, jars: Path | None = None
) -> list[float]:
    """SPICE 1.0 (Anderson et al., ECCV 2016) of each system's tokenized captions: the mean F of its captions.

    `jars` is the folder of `spice-1.0.jar`, of pycocoevalcap unless said. Needs the compiler of a JDK from 11 on, and up to
    8 GB of memory. Raises `JavaError`.
    """
    jar = (jars or package() / "spice") / "spice-1.0.jar"
    pairs = [pair for candidates in systems for pair in zip(candidates, references, strict=True)]
    with tempfile.TemporaryDirectory(prefix="sartext-spice-") as name:
        folder = Path(name)
        given = [{"image_id": at, "test": test, "refs": list(texts)} for at, (test, texts) in enumerate(pairs)]
        (folder / "captions.json").write_text(json.dumps(given))
        (folder / "SpiceMain.java").write_text(_SPICE_MAIN)
        options = ("-Xmx8G", "-cp", str(jar), "SpiceMain.java", "captions.json", "scores.json")
        java.run(java.command(program, *options), folder)
        found = json.loads((folder / "scores.json").read_text())
    if len(found) != len(given):
        raise java.JavaError(f"SPICE scored {len(found)} of {len(given)} captions")
    # SPICE works on captions side by side and gives them back in any order.
    scores = {one["image_id"]: float(one["scores"]["All"]["f"]) for one in found}
    count = len(references)
    return [sum(scores[at] for at in range(start, start + count)) / count for start in range(0, len(given), count)]
