"""checkpoints + index -> one application: python -m jobs.serve --clip DIR --coca DIR --gpt DIR --index DIR --port 8000"""

from typing import Any

from sartext.flow import commandline
from sartext.flow.engine.signals import leave
from sartext.flow.serve.serve import Ended, Serving, application, serve


def main(config: Serving) -> Ended:
    """Serves until it is asked to stop."""
    return serve(config)


def app(arguments: dict[str, Any]) -> Any:
    """The application for a Serve config file, import path `jobs.serve:app`; its args are named as the options."""
    return application(Serving(), arguments)


if __name__ == "__main__":
    leave(commandline.run(main, Serving, prog="jobs.serve"))
