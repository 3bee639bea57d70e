"""``faceerase live``: a camera, clean, now: in a window, on a page, in a recording, as another camera."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import typer
from rich.markup import escape

from faceerase.cli import live_options as option
from faceerase.cli import result_options as result
from faceerase.cli import search_options as search
from faceerase.cli.outcome import outcome, stderr
from faceerase.cli.pairs import pairs_of
from faceerase.cli.paths import check_target
from faceerase.cli.progress import JSON_EVERY_SECONDS, emit
from faceerase.configs.live import LiveConfig, load_live_config
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.streamer.follow.stage import load_ahead
from faceerase.streamer.live.capture.hand_over import Camera
from faceerase.streamer.live.capture.opening import cameras_here, open_camera
from faceerase.streamer.live.capture.stand_in import StandIn
from faceerase.streamer.live.outlets.recorder import Recorder
from faceerase.streamer.live.outlets.screen import Screen
from faceerase.streamer.live.outlets.virtual_camera import VirtualCamera
from faceerase.streamer.live.outlets.window import Window
from faceerase.streamer.live.session import Outlet, Session
from faceerase.streamer.live.sound.listening import Listening
from faceerase.streamer.live.sound.opening import microphones_here, open_microphone
from faceerase.streamer.live.sound.rounds import Rounds
from faceerase.streamer.live.tuning import Tuner
from faceerase.streamer.live.web.address import parse_serve
from faceerase.streamer.look.engine import OnnxEngine

BATCH = 16

FINISH_SECONDS = 30.0
"""What a recording has for being finished after Ctrl-C: an MP4 of hours is written anew with its index in front. A
second Ctrl-C ends at once."""

_log = get_logger(__name__)


def live(
    camera: option.Camera = None,
    listing: option.List = False,
    size: option.Size = None,
    rate: option.Rate = None,
    camera_option: option.CameraOption = None,
    loop: option.Loop = False,
    reconnect: option.Reconnect = False,
    min_face: option.MinFace = None,
    least_rate: option.LeastRate = None,
    threshold_rule: search.ThresholdRule = None,
    threshold: search.Threshold = None,
    margin: option.Margin = None,
    model: search.Model = None,
    provider: search.Provider = None,
    method: option.Method = None,
    no_window: option.NoWindow = False,
    serve: option.Serve = None,
    host: option.Host = None,
    split: option.Split = False,
    record: option.Record = None,
    record_to: option.RecordTo = Path(),
    microphone: option.Microphone = None,
    overwrite: result.Overwrite = False,
    virtual_camera: option.VirtualCamera = False,
    seconds: option.Seconds = None,
    config: search.Config = None,
    json_lines: option.JsonLines = False,
    debug: search.Debug = False,
) -> None:
    """Show a camera without faces, now: in a window, on a page, in a recording, as a virtual camera.

    Every picture is looked at before it is shown, and covered all over before the first look; the newest one wins.
    Where there is no time, less is looked at and covers get wider. It ends with q in the window, Ctrl-C, or the camera;
    a recording is whole then.

    Exit codes: 0 done · 2 usage or configuration · 3 a camera or microphone missing, busy, gone · 4 nothing can be
    shown or recorded · 5 model, provider or memory · 130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    with outcome(debug, kept="what was recorded is whole", grace=FINISH_SECONDS):
        if listing:
            _list(json_lines)
            return
        flags: dict[str, dict[str, Any]] = {
            "camera": {
                "source": camera,
                "size": size,
                "rate": rate,
                "options": pairs_of(camera_option, "--camera-option") if camera_option else None,
                "loop": loop or None,
                "reconnect": reconnect or None,
            },
            "microphone": {"source": microphone},
            "look": {"model": model, "provider": provider, "min_face": min_face, "least_rate": least_rate},
            "mask": {"rule": threshold_rule, "threshold": threshold, "margin": margin},
            "erase": {"method": method},
            "serve": _served(serve, host, split),
        }
        resolved = load_live_config(config, flags)
        _log.info("configuration: %s", resolved.model_dump_json())
        if no_window and serve is None and record is None and not virtual_camera:
            raise ConfigError("nothing is to be shown: --no-window needs --serve, --record or --virtual-camera")
        listened = resolved.microphone.source
        if listened is not None and record is None and serve is None:
            raise ConfigError("--microphone is for recordings: --record, or those that are begun on the page (--serve)")
        if record is not None:
            check_target(record, Path(resolved.camera.source), [], overwrite)
        with ExitStack() as undo:
            engine = OnnxEngine(resolved.look.model, resolved.look.provider, resolved.look.threads, BATCH)
            side = engine.contract.tile_side
            engine.look(np.zeros((1, side, side), np.uint8))  # the first run takes longer than any other
            load_ahead()
            tuner = Tuner(resolved, engine.contract)
            rounds = Rounds()
            opened = open_camera(resolved.camera, rounds)
            undo.callback(opened.close)
            hears = None
            if listened is not None:
                hears = partial(open_microphone, listened, rounds if isinstance(opened, StandIn) else None)
            heard = hears() if hears is not None else None
            channels = heard.channels if heard is not None else None
            recorder = Recorder(opened.info, resolved.encode, record_to, channels)
            if record is not None:
                recorder.start(record)
            before = Screen() if serve is not None and resolved.serve.split else None
            session = Session(opened, _again(resolved), resolved, engine, tuner, recorder, before)
            outlets: list[Outlet] = []
            if heard is not None:
                listening = Listening(heard, hears if resolved.camera.reconnect else None, recorder.hear)
                undo.callback(listening.close)
                outlets.append(listening)
            if virtual_camera:
                other = VirtualCamera(opened.info)
                outlets.append(other)
                stderr.print(f"virtual camera: {escape(other.name)}")
            if serve is not None:
                outlets.append(_page(resolved, session, tuner, recorder, before, json_lines))
            window = Window(f"faceerase: {opened.name}") if serve is None and not no_window else None
            if window is not None:
                outlets.append(window)
            try:
                session.run(_wanted(session, window, seconds, json_lines), outlets)
            finally:
                _tell(session, recorder, json_lines)


def _served(serve: str | None, host: str | None, split: bool) -> dict[str, Any]:
    if serve is None:
        if host is not None or split:
            raise ConfigError("--host and --split belong to --serve, which is off")
        return {}
    local, port = parse_serve(serve, host)
    return {"host": local, "port": port, "split": split or None}


def _page(
    config: LiveConfig, session: Session, tuner: Tuner, recorder: Recorder, before: Screen | None, json_lines: bool
) -> Outlet:
    try:
        from faceerase.streamer.live.web.routes import Desk
        from faceerase.streamer.live.web.server import Page
    except ModuleNotFoundError as error:
        raise ConfigError(f"--serve needs {error.name}: pip install 'faceerase[live]'") from error
    page = Page(config.serve, Desk(Screen(), lambda: session.status, tuner, recorder, before))
    if json_lines:
        emit("serving", address=page.address)
    stderr.print(f"the page: {page.address}", markup=False)
    return page


def _again(config: LiveConfig) -> Callable[[], Camera] | None:
    return (lambda: open_camera(config.camera)) if config.camera.reconnect else None


def _wanted(session: Session, window: Window | None, seconds: float | None, json_lines: bool) -> Callable[[], bool]:
    """Return what is asked after every picture: whether to go on; on the way it says how it goes."""
    begun = said = time.monotonic()

    def wanted() -> bool:
        nonlocal said
        now = time.monotonic()
        if json_lines and now - said >= JSON_EVERY_SECONDS:
            said = now
            emit("live", **asdict(session.status))
        return (window is None or window.wanted) and (seconds is None or now - begun < seconds)

    return wanted


def _tell(session: Session, recorder: Recorder, json_lines: bool) -> None:
    status = session.status
    if json_lines:
        recordings = [{**asdict(one), "path": str(one.path)} for one in recorder.finished]
        emit("done", **asdict(status), recordings=recordings)
        return
    latency = status.latency
    stderr.print(
        f"{status.shown} of {status.captured} pictures shown in {status.seconds:.1f} s, {status.dropped} dropped for "
        f"newer ones; latency {latency.median:.0f} ms (median), {latency.p95:.0f} ms (95 of 100), {latency.worst:.0f} "
        "ms (worst)",
        markup=False,
    )
    for one in recorder.finished:
        late = f", {one.dropped} pictures dropped, as the encoder was late" if one.dropped else ""
        stderr.print(f"[bold green]{escape(str(one.path))}[/]: {one.frames} frames, {one.seconds:.2f} s{late}")
        for remark in one.remarks:
            stderr.print(f"  note: {remark}", markup=False)


def _list(json_lines: bool) -> None:
    found, heard = cameras_here(), microphones_here()
    if json_lines:
        microphones = [{"microphone": one.camera, "name": one.name} for one in heard]
        emit("cameras", cameras=[asdict(one) for one in found], microphones=microphones)
        return
    for one in found:
        typer.echo(f"{one.camera}\t{one.name}")
    for one in heard:
        typer.echo(f"{one.camera}\t{one.name} (microphone)")
    if not found:
        stderr.print("no camera found; a URL or a film can stand in for one (--camera)", markup=False)
