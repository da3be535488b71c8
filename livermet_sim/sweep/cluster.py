"""Connect to Dask, which carries out a study on more than one machine.

``local``              starts a cluster of processes on this machine, with a dashboard
``scheduler.json``     a scheduler file, as ``dask scheduler --scheduler-file scheduler.json`` writes it
``tcp://host:8786``    the address of a scheduler

All workers must have this package, in the same version, and see the study's folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.sweep.execute import ONE_THREAD

WAIT_SECONDS = 60.0


@contextmanager
def connect(scheduler: str, workers: int | None = None) -> Iterator[tuple[Executor, int]]:
    """Give an executor on a Dask cluster, and how many tasks it carries out at once.

    Parameters
    ----------
    scheduler : str
        ``local``, a scheduler file, or an address.
    workers : int, optional
        Processes of a local cluster; one a core by default.

    Raises
    ------
    LivermetError
        When Dask is not installed, or no scheduler answers, or it has no worker, within a minute.
    """
    try:
        import distributed
    except ImportError:
        raise LivermetError(
            "--scheduler", 'this needs Dask; install it with  pip install "livermet-sim[dask]"'
        ) from None
    with ExitStack() as stack:
        try:
            client = stack.enter_context(_client(distributed, stack, scheduler, workers))
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else "it did not answer"
            raise LivermetError("--scheduler", f'"{scheduler}" cannot be used: {reason}') from None
        yield client.get_executor(pure=False), sum(client.nthreads().values())


def _client(distributed: Any, stack: ExitStack, scheduler: str, workers: int | None) -> Any:
    if scheduler == "local":
        from livermet_sim.sweep.plan import cores

        cluster = distributed.LocalCluster(
            n_workers=workers or cores(), threads_per_worker=1, env=ONE_THREAD, dashboard_address=":0"
        )
        return distributed.Client(stack.enter_context(cluster))
    if scheduler.endswith(".json"):
        if not Path(scheduler).is_file():
            raise OSError("there is no such scheduler file")
        return distributed.Client(scheduler_file=scheduler, timeout=WAIT_SECONDS)
    return distributed.Client(scheduler, timeout=WAIT_SECONDS)
