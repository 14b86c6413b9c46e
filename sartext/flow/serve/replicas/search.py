"""The replica that searches. It needs no model, and starts without the libraries of any."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray

from sartext.flow.engine.ray_private import listen_at_node
from sartext.flow.predict.hit import Hit
from sartext.flow.predict.index_files import open_index
from sartext.flow.predict.search import Gallery

listen_at_node()


class Searching:
    """Exact search in an index that is held in memory."""

    def __init__(self, uri: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self._gallery = Gallery(open_index(uri))
        self._worker = ThreadPoolExecutor(1)

    async def search(self, query: NDArray[np.float32], top: int) -> list[Hit]:
        features = torch.from_numpy(np.array(query))
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._gallery.search, features, top)
