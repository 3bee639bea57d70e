"""``faceerase video`` and ``faceerase-video``: one film in, one clean film out."""

from contextlib import ExitStack

import typer

from faceerase.cli import result_options as result
from faceerase.cli import search_options as search
from faceerase.cli.film_tables import tables_of, workers_of
from faceerase.cli.outcome import LOST_FRAMES, outcome
from faceerase.cli.paths import check_paths
from faceerase.cli.progress import emit, film_progress
from faceerase.cli.summary import summarise, tell_verdict
from faceerase.configs.film import load_film_config
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.streamer.decode.fetch import local_file
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.folder import anonymise_folder
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.verify.gate import rejected_name
from faceerase.streamer.verify.verdict import FacesLeftError

_log = get_logger(__name__)


def video(
    context: typer.Context,
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
    allow_damaged: search.AllowDamaged = None,
    allow_url: search.AllowUrl = None,
    min_face: search.MinFace = None,
    scan: search.Scan = None,
    threshold_rule: search.ThresholdRule = None,
    threshold: search.Threshold = None,
    model: search.Model = None,
    model_sha256: search.ModelSha256 = None,
    provider: search.Provider = None,
    batch_size: search.BatchSize = None,
    threads: search.Threads = None,
    decoder: search.Decoder = None,
    verify: search.Verify = None,
    detector: search.Detector = None,
    keep_rejected: search.KeepRejected = False,
    resume: search.Resume = None,
    segment: search.Segment = None,
    workers: search.Workers = None,
    cluster: search.Cluster = None,
    cluster_workers: search.ClusterWorkers = None,
    cluster_gpus: search.ClusterGpus = None,
    config: search.Config = None,
    json_lines: search.JsonLines = False,
    debug: search.Debug = False,
) -> None:
    """Make everybody in a film or in pictures unrecognisable; leave everything else as it was.

    Every frame is looked at. Each face is erased and filled in; frames, times, colours, bit depth and sound stay the
    film's own. OUTPUT appears when it is whole and checked, or not at all. INPUT may be a picture, a numbered sequence
    (shot.%04d.dpx) or a folder of pictures as well.

    Exit codes: 0 done · 1 done, but frames of the source were lost (0 with --allow-damaged) · 2 usage or configuration
    · 3 the input cannot be read · 4 the output cannot be written or encoded · 5 model, provider or memory · 6 the check
    of the result failed · 130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    with outcome(debug), ExitStack() as undo:
        tables = tables_of(context.params)
        tables["segments"]["workers"] = workers_of(workers)
        tables["decode"]["allow_url"] = allow_url
        tables["look"]["threads"] = threads
        resolved = load_film_config(config, tables, purpose)
        _log.info("configuration: %s", resolved.model_dump_json())
        if (detector or keep_rejected) and not resolved.verify.enabled:
            raise ConfigError("--detector and --keep-rejected belong to --verify, which is off")
        source = undo.enter_context(local_file(source, output, resolved.decode.allow_url))
        if (cluster_workers or cluster_gpus) and resolved.segments.cluster is None:
            raise ConfigError("--cluster-workers and --cluster-gpus belong to --cluster, which is off")
        keeps = resolved.verify.enabled and resolved.verify.keep_rejected
        rejected = [rejected_name(target) for target in (output, report) if target is not None] if keeps else []
        check_paths(source, [output, matte, report, *rejected], overwrite)
        look = resolved.look
        engine = OnnxEngine(look.model, look.provider, look.threads, look.batch_size, look.model_sha256)
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
        if done.lost and not resolved.decode.allow_damaged:
            raise typer.Exit(LOST_FRAMES)
