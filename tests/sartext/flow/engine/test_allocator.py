"""What a process keeps of the memory that it frees."""

import subprocess
import sys

SCRIPT = """
import resource, sys, threading
import numpy as np
from sartext.flow.engine.allocator import keep_freed_memory

assert sys.argv[1] == "as it is" or keep_freed_memory()

def layers():
    for _ in range(10):
        held = [np.ones(size * 2**18, np.uint8) for size in range(1, 16)]
        del held

def run():
    layers()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    layers()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def page_faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], check=True, capture_output=True, text=True, timeout=60)
    return int(done.stdout)


def test_a_thread_takes_what_it_freed_instead_of_new_pages() -> None:
    assert page_faults("kept") < 500 < page_faults("as it is")
