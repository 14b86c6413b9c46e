"""Children that a library started end with the process that asked for them, also by kill -9."""

import os
import subprocess
import sys
import time

import psutil
import pytest

HOLDER = """
import multiprocessing, time
from sartext.flow.predict.by_vllm.child_processes import ending_with_us

def main():
    spawn = multiprocessing.get_context("spawn")
    with ending_with_us() as told:
        children = [spawn.Process(target=time.sleep, args=(300,)) for _ in range(2)]
        for child in children:
            child.start()
        if {early}:
            print(*[child.pid for child in children], flush=True)
            time.sleep(300)
    assert set(told) == set(children)
    print(*[child.pid for child in children], flush=True)
    time.sleep(300)

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("early", [False, True])
def test_a_killed_process_leaves_no_child(early: bool) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER.format(early=early)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    children = [psutil.Process(int(pid)) for pid in holder.stdout.readline().split()]
    try:
        assert len(children) == 2
        if early:
            time.sleep(2)  # the guard is told every tenth of a second
        holder.kill()
        holder.wait()
        _, alive = psutil.wait_procs(children, timeout=20)
        assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
    finally:
        for child in children:
            if child.is_running() and child.ppid() != os.getpid():
                child.kill()
        holder.stdout.close()


def test_children_of_a_start_that_fails_are_ended() -> None:
    program = HOLDER.replace("if {early}:", "if True:").replace(
        "time.sleep(300)\n    assert", "raise OSError('no')\n    assert"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "OSError: no" in done.stderr
    for pid in done.stdout.split():
        assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
