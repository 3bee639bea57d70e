"""A Ray cluster of this machine: a head that works on nothing, and worker nodes as processes."""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

FRAMES, GROUP = 96, 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    yield made
    made.shutdown()


@pytest.fixture
def nodes(cluster: Any) -> Iterator[list[Any]]:
    """Return two worker nodes of one core each."""
    found = [cluster.add_node(num_cpus=1) for _ in range(2)]
    yield found
    for node in found:
        if node in cluster.worker_nodes:
            cluster.remove_node(node)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film with faces and eight key frames."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with av.open(str(Path(__file__).parents[2] / "data" / "portrait.mp4")) as source:
        pictures = [picture for picture, _ in zip(source.decode(video=0), range(FRAMES), strict=False)]
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"threads": "1", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt, video.gop_size = 320, 180, "yuv420p", GROUP
        video.codec_context.time_base = Fraction(1, 25)
        for number, picture in enumerate(pictures):
            small = picture.reformat(width=320, height=180)
            small.pict_type, small.pts, small.time_base = av.video.frame.PictureType.NONE, number, Fraction(1, 25)
            container.mux(video.encode(small))
        container.mux(video.encode(None))
    return path


@pytest.fixture(scope="session")
def plain(film: Path, run: Callable[..., Any]) -> tuple[bytes, bytes]:
    """Return what the plain command makes of the film: the bytes of the result, and of its matte."""
    output, matte = film.with_name("plain.mp4"), film.with_name("plain.mkv")
    assert run(film, "-o", output, "--matte", matte, "--segment", "0.4").code == 0
    return output.read_bytes(), matte.read_bytes()
