"""The page in a real Chromium, which must neither complain nor ask anybody but the application."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

_QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update")
_WAIT_MS = 60_000


@contextmanager
def page_at(url: str, *, width_px: int, height_px: int, dark: bool = False) -> Iterator[tuple[Any, list[str]]]:
    """The page, and what was wrong so far: console errors, exceptions, requests that left its origin.

    Skips where there is no Chromium.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    wrong: list[str] = []

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}/" != url:
            wrong.append(f"asked {request.url}")

    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*_QUIET, "--disable-sync"])
        page = browser.new_page(
            viewport={"width": width_px, "height": height_px}, color_scheme="dark" if dark else "light", accept_downloads=False
        )
        page.set_default_timeout(_WAIT_MS)
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", asked)
        try:
            page.goto(url)
            yield page, wrong
        finally:
            browser.close()
