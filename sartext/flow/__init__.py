"""The engine: the only folder that imports Ray."""

import os

# Ray reads these when it is imported, which any module below may be the first to do.
# Under `uv run`, it would restart every worker through uv in a copied folder.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# A thread that still asks for a result after the end would start a second Ray.
os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")
if not os.environ.get("RAY_ADDRESS"):
    # A Ray started here stays on loopback; Ray replaces an address of 127.0.0.1 unless it is told that there is no cluster.
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
