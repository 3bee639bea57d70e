"""Who works off the segments of a film beside this process: workers of this machine, of a cluster, or nobody.

Knows nothing of what a segment is.
"""

from faceerase.configs.film import SegmentsConfig
from faceerase.streamer.tally import Tally
from faceerase.streamer.workers.cluster.executor import RayExecutor
from faceerase.streamer.workers.cluster.room import Needs
from faceerase.streamer.workers.processes import ProcessExecutor
from faceerase.streamer.workers.seam import Executor
from faceerase.streamer.workers.shares import shares


def crew_of(config: SegmentsConfig, threads: int, jobs: int) -> Executor[Tally] | None:
    """Return who works off ``jobs`` segments; None: this process does.

    Args:
        config: how many workers are asked for.
        threads: of the network in each; 0: all cores, shared out; on a cluster: one.
        jobs: segments that are to be done.
    """
    if config.cluster is not None:
        return RayExecutor(config.cluster, Needs(threads or 1, config.cluster_gpus), jobs, config.cluster_workers)
    share = shares(config.workers, threads or None, jobs)
    count = min(share.workers, jobs)
    return ProcessExecutor(count, share.threads) if count > 1 else None
