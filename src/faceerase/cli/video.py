"""``faceerase video`` and ``faceerase-video``: one film in, one clean film out."""

from typing import Any

import typer

from faceerase.cli import result_options as result
from faceerase.cli import search_options as search
from faceerase.cli.outcome import LOST_FRAMES, outcome
from faceerase.cli.paths import check_paths
from faceerase.cli.progress import emit, film_progress
from faceerase.cli.summary import summarise, tell_verdict
from faceerase.configs.film import load_film_config
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.folder import anonymise_folder
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.verify.gate import rejected_name
from faceerase.streamer.verify.verdict import FacesLeftError

_log = get_logger(__name__)


def video(
    source: result.Source,
    output: result.Output,
    method: result.Method = None,
    matte: result.Matte = None,
    report: result.Report = None,
    begin: result.From = None,
    end: result.To = None,
    codec: result.Codec = None,
    crf: result.Crf = None,
    purpose: result.Purpose = None,
    bitrate: result.Bitrate = None,
    preset: result.Preset = None,
    pix_fmt: result.PixFmt = None,
    encoder_option: result.EncoderOption = None,
    smart_copy: result.SmartCopy = None,
    video_stream: result.VideoStream = None,
    audio: result.Audio = None,
    keep_metadata: result.KeepMetadata = None,
    keep_data: result.KeepData = None,
    strict_streams: result.StrictStreams = None,
    overwrite: result.Overwrite = False,
    rate: search.Rate = None,
    min_face: search.MinFace = None,
    scan: search.Scan = None,
    threshold_rule: search.ThresholdRule = None,
    threshold: search.Threshold = None,
    model: search.Model = None,
    provider: search.Provider = None,
    batch_size: search.BatchSize = None,
    threads: search.Threads = None,
    decoder: search.Decoder = None,
    verify: search.Verify = None,
    detector: search.Detector = None,
    keep_rejected: search.KeepRejected = False,
    resume: search.Resume = None,
    segment: search.Segment = None,
    config: search.Config = None,
    json_lines: search.JsonLines = False,
    debug: search.Debug = False,
) -> None:
    """Make everybody in a film or in pictures unrecognisable; leave everything else as it was.

    Every frame is looked at. Each face is erased and filled in; frames, times, colours, bit depth and sound stay the
    film's own. OUTPUT appears when it is whole and checked, or not at all. INPUT may be a picture, a numbered sequence
    (shot.%04d.dpx) or a folder of pictures as well.

    Exit codes: 0 done · 1 done, but frames of the source were lost · 2 usage or configuration · 3 the input cannot be
    read · 4 the output cannot be written or encoded · 5 model, provider or memory · 6 the check of the result failed ·
    130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    flags: dict[str, dict[str, Any]] = {
        "decode": {"rate": rate, "decoder": decoder},
        "look": {
            "scan": scan,
            "min_face": min_face,
            "model": model,
            "provider": provider,
            "batch_size": batch_size,
            "threads": threads,
        },
        "mask": {"rule": threshold_rule, "threshold": threshold},
        "erase": {"method": method},
        "encode": {
            "codec": codec,
            "crf": crf,
            "bitrate": bitrate,
            "preset": preset,
            "pix_fmt": pix_fmt,
            "smart_copy": smart_copy,
        },
        "streams": {
            "video": video_stream,
            "audio": audio,
            "metadata": keep_metadata,
            "data": keep_data,
            "strict": strict_streams,
        },
        "part": {"begin": begin, "end": end},
        "segments": {"seconds": segment, "resume": resume},
        "verify": {"enabled": verify, "detector": detector, "keep_rejected": keep_rejected or None},
    }
    with outcome(debug):
        if encoder_option:
            flags["encode"]["options"] = _pairs(encoder_option)
        resolved = load_film_config(config, flags, purpose)
        _log.info("configuration: %s", resolved.model_dump_json())
        if (detector or keep_rejected) and not resolved.verify.enabled:
            raise ConfigError("--detector and --keep-rejected belong to --verify, which is off")
        keeps = resolved.verify.enabled and resolved.verify.keep_rejected
        rejected = [rejected_name(target) for target in (output, report) if target is not None] if keeps else []
        check_paths(source, [output, matte, report, *rejected], overwrite)
        engine = OnnxEngine(
            resolved.look.model, resolved.look.provider, resolved.look.threads, resolved.look.batch_size
        )
        try:
            with film_progress(source.name, json_lines) as show:
                work = anonymise_folder if source.is_dir() else anonymise_film
                done = work(source, output, matte, resolved, engine, show, report)
        except FacesLeftError as error:
            tell_verdict(error.verdict, json_lines)
            raise
        if json_lines:
            emit("done", configuration=resolved.model_dump(mode="json"), **done.to_dict())
        else:
            summarise(done)
        if done.lost:
            raise typer.Exit(LOST_FRAMES)


def _pairs(options: list[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise ConfigError(f"--encoder-option {name}{equals}{value}: not of the form NAME=VALUE")
    return {name: value for name, _, value in pairs}
