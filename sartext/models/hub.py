"""Files of the Hugging Face Hub, from its cache or downloaded; what cannot be had is said in one line, and soon.

The hub's own client tries for half a minute a file, and a model has a dozen files: here the hub is asked once, and its client
is used only where it answers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import constants, hf_hub_download, hf_hub_url, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import LocalEntryNotFoundError
from huggingface_hub.utils import build_hf_headers, get_session, validate_repo_id  # type: ignore[attr-defined]

from sartext.errors import UserError

_ANSWER_S = 5.0  # for each of the hub's addresses
_NOT_THERE = 404
_REFUSED = {401: "it asks who you are, or there is no such repository: check the name, or set HF_TOKEN", 403: "set HF_TOKEN"}


@contextmanager
def one_line(fact: str, remedy: str) -> Iterator[None]:
    """What a library raises inside becomes a `UserError` of one line: the fact, the library's word and the remedy."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # libraries that read models raise almost anything
        raise UserError(f"{fact} ({_said(error)}); {remedy}") from error


def hub_file(repository: str, names: Sequence[str], remedy: str, *, download: bool = True) -> Path | None:
    """The first of these files that the repository has, from the cache or downloaded; None where it would be downloaded.

    Raises `UserError` where neither the cache nor the hub has one of them; `remedy` is what else a user may do.
    """
    _check_name(repository, remedy)
    for name in names:
        if isinstance(cached := try_to_load_from_cache(repository, name), str):
            return Path(cached)
    for name in names:
        if _asked(repository, name, remedy):
            if not download:
                return None
            with one_line(f"{repository} cannot be downloaded whole", f"run again, or {remedy}"):
                return Path(hf_hub_download(repository, name))
    raise UserError(f"{repository} has no {' and no '.join(names)} on the hub; {remedy}")


def hub_snapshot(repository: str, patterns: Sequence[str], remedy: str) -> Path:
    """The folder of a repository's files that have these names: as the hub has them, or as the cache does where it is silent.

    Raises `UserError` where neither has the repository.
    """
    _check_name(repository, remedy)
    try:
        found = _asked(repository, constants.CONFIG_NAME, remedy)
    except UserError as error:
        try:
            return Path(str(snapshot_download(repository, local_files_only=True)))
        except LocalEntryNotFoundError:
            raise error from None
    if not found:
        raise UserError(f"{repository} has no {constants.CONFIG_NAME} on the hub; {remedy}")
    with one_line(f"{repository} cannot be downloaded whole", f"run again, or {remedy}"):
        return Path(str(snapshot_download(repository, allow_patterns=list(patterns))))


def _check_name(repository: str, remedy: str) -> None:
    with one_line(f"{repository!r} is neither a folder nor a name of the hub, ORGANISATION/NAME", remedy):
        validate_repo_id(repository)


def _asked(repository: str, name: str, remedy: str) -> bool:
    """Whether the hub has a file. Raises `UserError` where it does not say."""
    url = hf_hub_url(repository, name)
    try:
        answer: Any = get_session().head(url, headers=build_hf_headers(), timeout=_ANSWER_S)
    except Exception as error:  # of the client's transport, whichever it is; and of the hub's offline mode
        raise UserError(
            f"{repository} is not in the cache {constants.HF_HUB_CACHE}, and the hub is out of reach ({_said(error)}); "
            f"run where it answers, set HF_HOME to a folder with a cache that has it, or {remedy}"
        ) from error
    if answer.status_code == _NOT_THERE:
        return False
    if answer.status_code >= 400:
        why = _REFUSED.get(answer.status_code, "try again later")
        raise UserError(f"{url} answers {answer.status_code}; {why}, or {remedy}")
    return True


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
