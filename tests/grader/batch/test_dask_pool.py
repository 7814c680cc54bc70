"""A class is graded on a Dask cluster, though workers die, hang or talk nonsense."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from grader.batch.dask_pool import ClusterWorkers
from grader.batch.progress import Failed, Finished
from grader.batch.select import make_context
from grader.batch.worker import grade as grade_one
from grader.config import load_settings
from grader.errors import CourseError
from grader.gradebook.access import open_coursedir, open_gradebook
from grader.gradebook.seed import ensure_seed

from .conftest import ASSIGNMENT, HONEST
from .rows import read_rows

pytestmark = [pytest.mark.nbgrader, pytest.mark.slow]

START = "import sys; from distributed.cli.dask_{0} import main; main()"


def _start(kind, *words):
    command = [sys.executable, "-c", START.format(kind), *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _find_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A scheduler and workers of Dask's, each a process of its own."""

    def __init__(self, stack):
        self.address = f"tcp://127.0.0.1:{_find_port()}"
        self.stack = stack
        self.workers = []
        host, port = "127.0.0.1", self.address.rpartition(":")[2]
        words = ("--host", host, "--port", port, "--dashboard-address", "127.0.0.1:0")
        self.scheduler = self._keep(_start("scheduler", *words))

    def add_worker(self):
        words = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        words += ("--dashboard-address", "127.0.0.1:0")
        self.workers.append(self._keep(_start("worker", self.address, *words)))

    def _keep(self, process):
        def end():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            process.kill()
            process.wait()

        self.stack.callback(end)
        return process

    def wait_for(self, count):
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=120)


@pytest.fixture
def cluster():
    with contextlib.ExitStack() as stack:
        yield Cluster(stack)


def _open(cluster, **settings):
    return lambda context, most: ClusterWorkers(context, cluster.address, **settings)


def test_a_class_is_graded_on_a_cluster_while_one_worker_is_killed_and_one_hangs(
    cluster, classroom, grade
):
    for _ in range(3):
        cluster.add_worker()
    cluster.wait_for(3)
    hurt = iter(cluster.workers)
    harm = {"ada": signal.SIGKILL, "lise": signal.SIGSTOP}

    class Hurting(ClusterWorkers):
        def submit(self, job):
            super().submit(job)
            # Once each: on a busy machine a submission may come back and be sent again.
            if job.student in harm:
                os.kill(next(hurt).pid, harm.pop(job.student))

    summary = grade(classroom, lambda context, _: Hurting(context, cluster.address, patience=45.0))
    assert sorted(grade.students(Finished)) == sorted(HONEST)
    assert (summary.graded, summary.status) == (len(HONEST), 0)
    url = open_coursedir(load_settings(grade.sources, classroom), ASSIGNMENT, "*").db_url
    rows = read_rows(url, ASSIGNMENT)
    assert {key[1] for key in rows if key[0] == "submission"} == set(HONEST)


def read_commands():
    """Return the words of the commands with which the book starts Dask, by their kind."""
    page = (Path(__file__).parents[3] / "book" / "large-classes.md").read_text()
    lines = re.findall(r"^dask (scheduler|worker) (.*?)(?: +#.*)?$", page, re.MULTILINE)
    return {kind: re.sub(r"10\.0\.0\.\d", "127.0.0.1", words).split() for kind, words in lines}


def test_as_the_book_starts_it_dask_listens_at_no_other_address(cluster):
    commands = read_commands()
    assert "--dashboard-address" in commands["scheduler"]
    words = ["127.0.0.1:0" if word == "127.0.0.1:8787" else word for word in commands["scheduler"]]
    port = str(_find_port())
    scheduler = cluster._keep(_start("scheduler", *words, "--port", port))
    words = [word.replace(":8786", f":{port}") for word in commands["worker"]]
    words[words.index("auto")] = "1"
    worker = cluster._keep(_start("worker", *words))
    cluster.address = f"tcp://127.0.0.1:{port}"
    cluster.wait_for(1)
    started = [psutil.Process(process.pid) for process in (worker, scheduler)]
    started += started[0].children(recursive=True)  # the nanny's own worker
    found = [c.laddr.ip for p in started for c in p.net_connections() if c.status == "LISTEN"]
    for process in started:
        process.kill()
    assert set(found) == {"127.0.0.1"}
    assert len(found) >= 4  # a port for work and one for the status page, of each


def test_nonsense_is_tried_again_and_a_person_is_told_in_the_end(classroom, grade):
    class Liar:
        size = 1

        def __init__(self, context):
            self.context, self.tries = context, 0

        def submit(self, job):
            self.job = job
            self.tries += 1

        def wait(self, seconds):
            del seconds
            from dataclasses import replace

            from grader.batch.jobs import Reply

            honest = grade_one(self.job, self.context)
            sheet = honest.sheets[0]
            lies = {
                1: {"student": honest.student, "points": 100},
                2: replace(honest, student="blaise"),
                3: replace(honest, sheets=(replace(sheet, scores={}),)),
                4: replace(honest, sheets=(replace(sheet, notebook="{"),)),
                5: replace(honest, sheets=(replace(sheet, scores=7),)),
                6: replace(
                    honest,
                    sheets=(replace(sheet, scores=dict.fromkeys(sheet.scores, 99.0)),),
                ),
            }
            return Reply(self.job, lies.get(self.tries, honest))

        def close(self):
            pass

    summary = grade(classroom, lambda context, _: Liar(context), student="ada", attempts=6)
    assert summary.failed == 1
    [failed] = [event for event in grade.events if isinstance(event, Failed)]
    assert failed.reason.startswith("Grading failed 6 times, the last time: 99.0 points for")
    summary = grade(classroom, lambda context, _: Liar(context), student="ada", attempts=7)
    assert summary.graded == 1


def test_what_travels_is_data_that_needs_no_shared_disk(classroom, grade, tmp_path):
    import pickle

    settings = load_settings(grade.sources, classroom)
    coursedir = open_coursedir(settings, ASSIGNMENT, "*")
    with open_gradebook(coursedir) as gradebook:
        context = make_context(gradebook, coursedir, settings, ensure_seed(classroom.seed_file))
    packed = pickle.dumps(context)
    assert str(classroom.root).encode() not in packed
    assert str(context.seed) not in repr(context)
    assert len(packed) < 1_000_000


def test_a_scheduler_that_is_not_there_is_refused_in_one_sentence(classroom, grade, monkeypatch):
    monkeypatch.setattr("grader.batch.dask_pool._CONNECT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{_find_port()}"
    with pytest.raises(CourseError, match="has no worker to give"):
        grade(classroom, lambda context, _: ClusterWorkers(context, address))
