"""How a network is trained: the whole recipe as one frozen value, read from a TOML file.

Knows nothing of torch.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from faceerase.configs.base import Frozen, read_toml, validate

Share = Annotated[float, Field(ge=0, le=1)]


class NetworkRecipe(Frozen):
    """Which network, and how wide and deep; all but ``activation`` shape ``unet-lite``, the seed's ``unet`` is fixed.

    ``residual`` counts the residual blocks that follow each level of the encoder; levels beyond its end have none.
    """

    name: Literal["unet-lite", "unet"] = "unet-lite"
    stem: tuple[PositiveInt, ...] = (16, 32)
    widths: tuple[PositiveInt, ...] = (32, 64, 96, 128)
    encoder_depth: PositiveInt = 2
    decoder_depth: PositiveInt = 1
    residual: tuple[NonNegativeInt, ...] = ()
    activation: Literal["sigmoid", "spatial-softmax"] = "sigmoid"

    @model_validator(mode="after")
    def _residual_blocks_have_a_level(self) -> Self:
        if len(self.residual) > len(self.widths):
            raise ValueError(f"residual: {len(self.residual)} levels, but widths has {len(self.widths)}")
        return self


class CropRecipe(Frozen):
    """How tiles are cut out of photos; all heights are in tile pixels.

    ``face_smallest`` and ``face_largest`` bound the face that a tile is aimed at; faces under ``ignore_below`` or over
    ``ignore_above`` are neither asked for nor punished. ``magnify`` limits enlarging. ``natural`` is the share of faces
    from photos that need not be shrunk to less than a tile to show them at the wanted height, ``background`` the share
    of tiles from face-free photos, ``hard`` that of tiles around false alarms and ``missed`` that of tiles aimed at
    missed faces (both of face tiles, before any were mined), ``paste`` that of face-free tiles on which cut-out faces
    are pasted, ``anywhere`` that of tiles cut without aiming, ``mosaic`` that of four small tiles in one, ``backdrop``
    that of tiles where a face-free photo shows beyond the photo's edge. ``rotate`` in degrees, ``upside_down`` the
    share of tiles turned by any angle, ``stretch`` as the greatest aspect change.
    """

    side: Annotated[int, Field(ge=64, le=1024, multiple_of=32)] = 256
    face_smallest: Annotated[float, Field(gt=0)] = 9
    face_largest: Annotated[float, Field(gt=0)] = 210
    ignore_below: Annotated[float, Field(ge=0)] = 7
    ignore_above: Annotated[float, Field(gt=0)] = 280
    magnify: Annotated[float, Field(ge=1)] = 2.0
    natural: Share = 0.7
    background: Share = 0.25
    hard: Share = 0.15
    missed: Share = 0.12
    paste: Share = 0.25
    anywhere: Share = 0.2
    mosaic: Share = 0.15
    backdrop: Share = 0.8
    rotate: Annotated[float, Field(ge=0, le=180)] = 25
    upside_down: Share = 0.08
    stretch: Annotated[float, Field(ge=1, le=2)] = 1.3
    small_face_weight: Annotated[float, Field(ge=1)] = 4


class AugmentRecipe(Frozen):
    """How often each change is made to a tile's gray values; ``h264`` is the share of H.264 among compressed tiles."""

    light: Share = 0.7
    blur: Share = 0.35
    noise: Share = 0.3
    compress: Share = 0.4
    occlude: Share = 0.25
    distract: Share = 0.2
    h264: Share = 0.4


class TrainConfig(Frozen):
    """A whole training run.

    ``tiles`` is the length of the run; ``threads`` is part of the recipe because the order of sums, and so the last
    bits of the weights, depends on it. ``iou_weight`` scales the soft-IoU loss beside the cross-entropy, and
    ``focus`` is the γ of the focal loss, 0: every pixel counts alike.
    ``patience`` ends a run after so many checks without a better IoU, 0 never. ``mine_at`` are the shares of the run
    after which false alarms and missed faces are looked for in all face-free photos and ``mine_photos`` of the others.
    ``start_from`` names the weights that training goes on from, None: none; a run of another recipe learns faster from
    them, and they may be narrower than ``network``. ``teacher`` names the checkpoint of a better network to learn from
    as well: the cross-entropy asks for its map by ``teacher_share``, for the truth by the rest. ``bf16`` computes in
    bfloat16 where that saves time on a CPU too (twice as fast with AVX-512 BF16 or AMX, slower without); a GPU always
    does.
    ``compile`` fuses the network's layers (a fifth faster on a CPU; needs a C++ compiler, or Triton on a GPU).
    ``min_face`` is the height in tile pixels from which faces are found reliably: the runtime magnifies the smallest
    face asked for to it.
    """

    seed: int = 1
    network: NetworkRecipe = NetworkRecipe()
    crops: CropRecipe = CropRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    tiles: PositiveInt = 160_000
    batch: PositiveInt = 32
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    weight_decay: Annotated[float, Field(ge=0)] = 1e-4
    warmup_tiles: PositiveInt = 6_000
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.998
    iou_weight: Annotated[float, Field(ge=0)] = 0.5
    focus: Annotated[float, Field(ge=0, le=5)] = 0.0
    threads: PositiveInt = 2
    loaders: Annotated[int, Field(ge=0)] = 1
    checkpoint_tiles: PositiveInt = 8_000
    validation_tiles: PositiveInt = 512
    patience: Annotated[int, Field(ge=0)] = 0
    mine_at: tuple[Share, ...] = (0.2, 0.45, 0.7)
    mine_photos: Annotated[int, Field(ge=0)] = 2_500
    start_from: Path | None = None
    teacher: Path | None = None
    teacher_share: Share = 0.5
    bf16: bool = False
    compile: bool = False
    min_face: Annotated[float, Field(gt=0)] = 12
    training_data: str = "photos in the WIDER FACE layout"
    licence: str = "research and evaluation; retrain on data of your own before commercial use"

    @model_validator(mode="after")
    def _checks_end_batches(self) -> Self:
        # A run is taken up, and searched for hard spots, exactly at its checks.
        if self.checkpoint_tiles % self.batch:
            raise ValueError(f"checkpoint_tiles: {self.checkpoint_tiles} is not a multiple of batch {self.batch}")
        return self


def load_train_config(path: Path) -> TrainConfig:
    """Return the recipe in a TOML file.

    Raises:
        ConfigError: the file is missing, not TOML, or holds an unknown key or a value out of range.
    """
    return validate(TrainConfig, read_toml(path), str(path))
