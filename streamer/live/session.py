"""The way of a live picture, on one screen: captured, taken if it is the newest, cleaned, shown wherever it is wanted.

Knows nothing of terminals or web pages.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Semaphore
from typing import Protocol

import av
from av.video.reformatter import VideoReformatter

from faceerase.configs.live import LiveConfig
from faceerase.streamer.live.capture.hand_over import Camera, HandOver
from faceerase.streamer.live.capture.watching import Watching
from faceerase.streamer.live.cleaner import Clean, Cleaner, Looked, unseen
from faceerase.streamer.live.latency import Latency, Stopwatch
from faceerase.streamer.live.memory import Gauge, Memory
from faceerase.streamer.live.outlets.recorder import Recorder
from faceerase.streamer.live.outlets.screen import Screen
from faceerase.streamer.live.quality import Governor
from faceerase.streamer.live.tuning import Tuner
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.prefetch import prefetch
from faceerase.streamer.seams import MaskEngine

SILENT_SECONDS = 5.0
"""A camera that gives no picture for so long is gone."""

LATELY = 60
"""Pictures over which the rate of now is told."""


class Outlet(Protocol):
    """Where clean pictures go."""

    def show(self, clean: Clean) -> None:
        """Take the next picture."""
        ...

    def close(self) -> None:
        """No picture follows."""
        ...


@dataclass(frozen=True, slots=True)
class Status:
    """How it goes.

    Attributes:
        shown: pictures, in all.
        captured: pictures, in all.
        dropped: captured pictures that were too old when somebody had time for them.
        faces: in the latest picture.
        rate: pictures a second, lately.
        mean_rate: pictures a second, of all.
        latency: from capture to the last outlet.
        step: of quality, 0 is the best.
        looks: tiles that were looked at, in all.
        seconds: from the capture of the first picture to that of the latest.
        memory: of this program.
        recording: whether it is recorded.
        gone: whether the camera is away, and waited for.
        reconnected: how often it came back.
    """

    shown: int
    captured: int
    dropped: int
    faces: int
    rate: float
    mean_rate: float
    latency: Latency
    step: int
    looks: Looks
    seconds: float
    memory: Memory
    recording: bool
    gone: bool
    reconnected: int


class Session:
    """One camera, shown until somebody ends it."""

    def __init__(
        self,
        camera: Camera,
        again: Callable[[], Camera] | None,
        config: LiveConfig,
        engine: MaskEngine,
        tuner: Tuner,
        recorder: Recorder,
        before: Screen | None = None,
    ) -> None:
        """Put it together; nothing is captured yet.

        Args:
            camera: open.
            again: opens it anew when it is gone, or None.
            config: every option.
            engine: the loaded network.
            tuner: what may change meanwhile.
            recorder: may be started and stopped meanwhile.
            before: where pictures go as they were captured: nobody but who is on this machine may see it.
        """
        self._camera, self._again = camera, again
        governor = Governor.of_rate(config.look.least_rate)
        self._cleaner = Cleaner(camera.info, engine, tuner, config.look.min_face, governor)
        self._recorder = recorder
        self._outlets: Sequence[Outlet] = ()
        self._before = before
        self._stopwatch = Stopwatch()
        self._gauge = Gauge()
        self._recent: deque[float] = deque(maxlen=LATELY)
        self._room = HandOver(camera.name)
        self._turn = Semaphore(0)
        self._watching: Watching | None = None
        self._looks = Looks()
        self._shown = self._faces = 0
        self._began = self._last = 0.0

    def run(self, wanted: Callable[[], bool], outlets: Sequence[Outlet]) -> None:
        """Show pictures until the camera ends or ``wanted`` says no; recordings are finished whatever happens.

        Args:
            wanted: asked after every picture, and often while there is none.
            outlets: where pictures go, beside the recorder; closed at the end.

        Raises:
            SourceError: the camera is gone.
            ModelError: the network failed.
            SinkError: a recording could not be written.
        """
        with ExitStack() as undo:
            self._outlets = outlets
            for outlet in outlets:
                undo.callback(outlet.close)
            if self._before is not None:
                undo.callback(self._before.close)
            self._watching = watching = Watching(self._camera, self._again, self._room)
            looked = prefetch(self._look(), depth=1)
            undo.callback(looked.close)
            undo.callback(self._turn.release)
            undo.callback(self._room.end)
            undo.callback(watching.stop)
            undo.callback(self._finish_recording)  # first of all: its length is told by the clock
            for one in looked:
                self._turn.release()
                if one is not None:
                    if self._before is not None and one.before is not None:
                        self._before.put(one.before)
                    self._show(self._cleaner.erase(one))
                if not wanted():
                    return

    def _look(self) -> Iterator[Looked | None]:
        """Yield pictures that were looked at; each while the one before is erased, and no sooner: it would be late."""
        silence = SILENT_SECONDS if self._again is None else None
        begun = False
        for taken in self._room.pictures(silence):
            if taken is None:
                yield None
            elif not begun:
                begun = True
                yield unseen(taken)
            else:
                before = _copy(taken.captured.picture) if self._before is not None else None
                yield replace(self._cleaner.look(taken), before=before)
            self._turn.acquire()

    @property
    def status(self) -> Status:
        """How it goes."""
        recent = list(self._recent)
        span = recent[-1] - recent[0] if len(recent) > 1 else 0.0
        seconds = self._last - self._began
        return Status(
            shown=self._shown,
            captured=self._room.captured,
            dropped=self._room.dropped,
            faces=self._faces,
            rate=round((len(recent) - 1) / span, 1) if span else 0.0,
            mean_rate=round((self._shown - 1) / seconds, 1) if seconds else 0.0,
            latency=self._stopwatch.latency,
            step=self._cleaner.governor.step,
            looks=self._looks,
            seconds=round(seconds, 3),
            memory=self._gauge.memory,
            recording=self._recorder.running,
            gone=self._watching is not None and self._watching.gone,
            reconnected=self._watching.reconnected if self._watching is not None else 0,
        )

    def _show(self, clean: Clean) -> None:
        self._recorder.show(clean)
        for outlet in self._outlets:
            outlet.show(clean)
        now = time.monotonic()
        if self._shown:
            self._stopwatch.take(now - clean.captured)
        else:
            self._began = clean.captured
        self._recent.append(now)
        self._shown += 1
        self._faces = clean.faces
        self._looks = self._looks.plus(clean.looks)
        self._last = clean.captured
        self._gauge.take(now)

    def _finish_recording(self) -> None:
        # What the camera ended lasted as long as its last picture, what a person ended until now.
        over = self._room.over or time.monotonic() - self._room.latest > SILENT_SECONDS
        self._recorder.stop(self._last + 1 / float(self._camera.info.rate) if over else None)


def _copy(picture: av.VideoFrame) -> av.VideoFrame:
    """Return the picture as it is, apart from what is edited next."""
    return VideoReformatter().reformat(picture, format="bgr24", threads=1)
