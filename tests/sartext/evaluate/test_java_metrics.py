import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from sartext.evaluate import java
from sartext.evaluate.java_metrics import meteor, missing_spice_jars, package, ptb_tokenize, spice

pytestmark = pytest.mark.long

JAVA = java.find()
needs_java = pytest.mark.skipif(JAVA is None, reason="no java")

# The public face of SPICE's classes, its visibility included; the score is the length of the candidate over that of the texts.
STUB = {
    "SpiceArguments": "public class SpiceArguments { public String inputPath; SpiceArguments(String[] a) { inputPath = a[0];"
    ' if (!a[1].equals("-silent") || a.length != 2) throw new RuntimeException("arguments"); } }',
    "SpiceStats": "public class SpiceStats { String json; public String toJSONString() { return json; } }",
    "SpiceScorer": "public class SpiceScorer { public SpiceStats stats; SpiceScorer() { stats = null; }"
    " public void scoreBatch(SpiceArguments a) throws java.io.IOException { stats = new SpiceStats();"
    " String text = new String(java.nio.file.Files.readAllBytes(java.nio.file.Path.of(a.inputPath)));"
    ' stats.json = "[{\\"image_id\\": 0, \\"scores\\": {\\"All\\": {\\"f\\": 0.25}}}, {\\"image_id\\": 1,'
    ' \\"scores\\": {\\"All\\": {\\"f\\": " + (text.contains("a tug") ? "0.5" : "0.0") + "}}}]"; } }',
}


def program() -> str:
    if JAVA is None:
        pytest.skip("no java")
    return JAVA


@needs_java
def test_each_caption_keeps_its_line() -> None:
    captions = ["", "A ship, (two) ships.", "Three\nships\r here\u2028now", "   ", "Café “quoted” U.S.", "cannot; 3.5 m", ""]
    assert ptb_tokenize(captions, program()) == [
        "",
        "a ship -lrb- two -rrb- ships",  # as the COCO evaluation has it: its list of brackets is of capitals
        "three ships here now",
        "",
        "café quoted u.s.",
        "can not 3.5 m",
        "",
    ]
    assert ptb_tokenize([], program()) == []
    assert ptb_tokenize(["", ""], program()) == ["", ""]


@needs_java
def test_meteor_takes_its_own_separator_out() -> None:
    references = [["three ships ||| lie in the upper left", "a ship"]]
    found = meteor([["three ships lie in ||| the upper left"], ["two cars"], ["a ship"]], references, program())
    assert found == pytest.approx([1.0, 0.0, 1.0], abs=0.01)


@needs_java
def test_spice_is_started_by_its_own_classes_and_its_scores_are_read(tmp_path: Path) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        pytest.skip("no javac")
    sources = []
    for name, text in STUB.items():
        (tmp_path / f"{name}.java").write_text(f"package edu.anu.spice;\n{text}")
        sources.append(f"{name}.java")
    subprocess.run([compiler, "-d", "classes", *sources], cwd=tmp_path, check=True)
    with zipfile.ZipFile(tmp_path / "spice-1.0.jar", "w") as jar:
        for path in (tmp_path / "classes").rglob("*.class"):
            jar.write(path, path.relative_to(tmp_path / "classes"))
    assert spice([["a ship", "a tug"]], [["a ship", "two"], ["ships"]], program(), tmp_path) == [0.375]
    assert spice([["a tug"], ["a ship"]], [["ships"]], program(), tmp_path) == [0.25, 0.5]
    with pytest.raises(java.JavaError, match="SPICE scored 2 of 1 captions"):
        spice([["a ship"]], [["a ship"]], program(), tmp_path)


GERMAN = "-Duser.language=de -Duser.country=DE"


CAPTIONS = ["THREE SHIPS IN İZMIR lie, 3.5 m", "Zwölf ships"]
REFERENCES = [["three ships in izmir"], ["Zwolf ships"]]


@pytest.fixture(scope="module")
def measured() -> tuple[list[str], list[float]]:
    """Tokens and METEOR in the locale of the tests."""
    return ptb_tokenize(CAPTIONS, program()), meteor([CAPTIONS, CAPTIONS[::-1]], REFERENCES, program())


@needs_java
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JAVA_TOOL_OPTIONS", GERMAN),
        ("JAVA_TOOL_OPTIONS", "-Duser.language.format=ar -Duser.country.format=EG"),
        ("_JAVA_OPTIONS", GERMAN),
        ("LC_ALL", "de_DE.UTF-8"),
    ],
)
def test_meteor_is_the_same_in_every_locale(
    variable: str, value: str, measured: tuple[list[str], list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert meteor([CAPTIONS, CAPTIONS[::-1]], REFERENCES, program()) == measured[1]


@needs_java
@pytest.mark.parametrize("value", [GERMAN, "-Duser.language=tr -Duser.country=TR", "-Dfile.encoding=ISO-8859-1"])
def test_tokens_are_the_same_in_every_locale(
    value: str, measured: tuple[list[str], list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", value)
    assert ptb_tokenize(CAPTIONS, program()) == measured[0]


@needs_java
def test_a_program_writes_its_numbers_with_a_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Half.java").write_text(
        'public class Half { public static void main(String[] a) { System.out.printf("%.1f %s", 0.5, "ä"); } }'
    )
    for variable in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"):
        monkeypatch.setenv(variable, f"{GERMAN} -Xmx64m")
        said = java.run(java.command(program(), "-Dstdout.encoding=UTF-8", "Half.java"), tmp_path)
        assert said.decode().startswith("0.5 ")


@needs_java
@pytest.mark.skipif(not missing_spice_jars(), reason="SPICE has its jars")
def test_spice_itself_is_reached_and_misses_only_its_parser() -> None:
    with pytest.raises(java.JavaError, match=r"ClassNotFoundException: edu\.stanford\.nlp"):
        spice([["a ship"]], [["a ship"]], program())


def test_the_package_is_found_and_its_missing_jars_are_named() -> None:
    assert (package() / "meteor" / "meteor-1.5.jar").is_file()
    lib = package() / "spice" / "lib"
    assert missing_spice_jars() == [
        name for name in ("stanford-corenlp-3.6.0.jar", "stanford-corenlp-3.6.0-models.jar") if not (lib / name).exists()
    ]
