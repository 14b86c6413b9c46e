"""Java programs as the caption metrics use them: found, run in a folder of their own, and ended whatever happens."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sartext.errors import SartextError

# Numbers are written and read with a decimal point and texts are UTF-8, whatever the user's locale; a locale for formats
# outranks the other one.
_PLAIN = (
    "-Duser.language=en",
    "-Duser.country=US",
    "-Duser.language.format=en",
    "-Duser.country.format=US",
    "-Dfile.encoding=UTF-8",
)
_LAST_WORD = "_JAVA_OPTIONS"  # the variable of the environment whose options Java takes before those of the command
_CHECK_S = 60
_SAID_CHARS = 300


class JavaError(SartextError):
    """A Java program that could not be started, or ended before it had answered."""


def find(java: str | None = None) -> str | None:
    """The path of a Java that starts: the given one, else the first on PATH; None where there is none."""
    path = shutil.which(java or "java")
    if path is None:
        return None
    try:
        done = subprocess.run([path, "-version"], capture_output=True, timeout=_CHECK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return path if done.returncode == 0 else None


def command(program: str, *options: str) -> list[str]:
    """The command that starts Java with the options, the same in every locale."""
    return [program, *_PLAIN, *options]


def _environment() -> dict[str, str]:
    given = os.environ.get(_LAST_WORD)
    return {**os.environ, _LAST_WORD: " ".join((given, *_PLAIN))} if given else dict(os.environ)


def run(command: Sequence[str], folder: Path) -> bytes:
    """What the program writes to its standard output. Raises `JavaError` where it fails."""
    done = subprocess.run(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise JavaError(f"{_program(command)} ended with status {done.returncode}: {_last(done.stderr)}")
    return done.stdout


class Dialogue:
    """A running program that answers lines with lines."""

    def __init__(self, command: Sequence[str], process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
        self._command, self._process, self._errors = command, process, errors

    def say(self, line: str) -> None:
        """Sends one line. Raises `JavaError` where the program has ended."""
        if self._process.stdin is None:
            raise JavaError(f"{_program(self._command)} takes no input")
        try:
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def hear(self) -> str:
        """The next line. Raises `JavaError` where the program has ended."""
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            raise self._ended()
        return line.decode().strip()

    def _ended(self) -> JavaError:
        status = self._process.wait(timeout=_CHECK_S)
        self._errors.seek(0)
        return JavaError(f"{_program(self._command)} ended with status {status}: {_last(self._errors.read())}")


@contextmanager
def dialogue(command: Sequence[str]) -> Iterator[Dialogue]:
    """The program running in an empty folder; at the end it is killed and waited for, and the folder is removed."""
    with tempfile.TemporaryDirectory(prefix="sartext-java-") as folder, tempfile.TemporaryFile() as errors:
        # Errors go to a file: a pipe that nobody reads would stop the program once it is full.
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        try:
            yield Dialogue(command, process, errors)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with _quiet():
                        pipe.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Closing a pipe flushes it, which fails where the program is gone."""
    try:
        yield
    except BrokenPipeError:
        return


def _program(command: Sequence[str]) -> str:
    return next((Path(part).name for part in command if part.endswith((".jar", ".java"))), Path(command[0]).name)


def _last(said: bytes) -> str:
    """The end of what a program said, on one line and without the frames of stack traces."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines()]
    told = " ".join(line for line in lines if not line.startswith(("at ", "... ")))
    return told[-_SAID_CHARS:] or "it said nothing"
