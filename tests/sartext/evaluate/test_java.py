import os
import sys
from pathlib import Path

import psutil
import pytest

from sartext.evaluate import java

ECHO = "import os, sys; [print(os.getcwd(), os.getpid(), line.strip(), flush=True) for line in sys.stdin]"
ONCE = "import sys; print(sys.stdin.readline().strip(), flush=True); sys.exit('out of memory in earnest')"


def script(folder: Path, text: str) -> str:
    path = folder / "java"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_java_that_starts_is_found(tmp_path: Path) -> None:
    works = script(tmp_path, "exit 0")
    assert java.find(works) == works
    assert java.find(str(tmp_path / "none")) is None
    assert java.find(script(tmp_path, "exit 1")) is None


def test_the_first_java_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert java.find() is None
    works = script(tmp_path, "exit 0")
    assert java.find() == works


def test_a_run_gives_its_output_or_says_why_not(tmp_path: Path) -> None:
    assert java.run([sys.executable, "-c", "import os; print(os.getcwd())"], tmp_path).decode().strip() == str(tmp_path)
    with pytest.raises(java.JavaError, match="ended with status 3: no heap"):
        java.run(["/bin/sh", "-c", "echo no heap >&2; exit 3"], tmp_path)


def test_a_dialogue_ends_its_process_and_removes_its_folder() -> None:
    with java.dialogue([sys.executable, "-c", ECHO]) as talk:
        talk.say("one")
        talk.say("zwölf")
        folder, process, word = talk.hear().split()
        assert (word, talk.hear().split()[2]) == ("one", "zwölf")
        assert Path(folder).is_dir()
        assert folder != os.getcwd()
    assert not Path(folder).exists()
    assert not psutil.pid_exists(int(process))


def test_a_dialogue_ends_its_process_where_the_talk_fails() -> None:
    class TalkFailed(Exception):
        pass

    process = 0
    with pytest.raises(TalkFailed), java.dialogue([sys.executable, "-c", ECHO]) as talk:  # noqa: PT012
        talk.say("one")
        process = int(talk.hear().split()[1])
        raise TalkFailed
    assert process
    assert not psutil.pid_exists(process)


def test_a_program_that_ends_too_soon_is_named_with_its_last_words() -> None:
    with java.dialogue([sys.executable, "-c", ONCE, "meteor.jar"]) as talk:
        talk.say("one")
        assert talk.hear() == "one"
        with pytest.raises(java.JavaError, match=r"meteor\.jar ended with status 1: out of memory in earnest"):
            talk.hear()
    with java.dialogue([sys.executable, "-c", "import sys; sys.exit(5)"]) as talk, pytest.raises(java.JavaError, match="5"):  # noqa: PT012
        for _ in range(10_000):
            talk.say("more than a pipe holds " * 100)
