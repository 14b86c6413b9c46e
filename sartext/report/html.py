"""HTML pages from the Jinja2 templates beside this file: self-contained, escaped (autoescape), with one stylesheet."""

import base64
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

# HTML has no way to say these, and a terminal or an editor that shows the file would obey some.
_CONTROLS = dict.fromkeys(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t")


def html_page(template: str, **context: Any) -> str:
    """The page as HTML text: whatever the context holds is shown as text, without control characters but line ends and tabs."""
    return _environment().get_template(template).render(context)


def data_uri(data: bytes, kind: str) -> str:
    """An encoded image, `png` or `jpeg`, as the address of itself."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _seen(value: Any) -> Any:
    """Text without control characters; what a template made is left as it is."""
    return value.translate(_CONTROLS) if isinstance(value, str) and not isinstance(value, Markup) else value
