"""What may be changed while pictures run, and the one place where it lies. Knows nothing of who changes it."""

import threading
from dataclasses import dataclass

from faceerase.configs.film import Method
from faceerase.configs.live import LiveConfig
from faceerase.contract import ModelContract
from faceerase.errors import ConfigError
from faceerase.streamer.stages import check_threshold, highest_threshold, resolve_threshold

GREATEST_MARGIN = 2.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """Method, threshold and margin, as in the configuration."""

    method: Method
    threshold: float
    margin: float


class Tuner:
    """Holds the tuning of now."""

    def __init__(self, config: LiveConfig, contract: ModelContract) -> None:
        """Begin with what is configured.

        Raises:
            ConfigError: no pixel can exceed the threshold.
        """
        self.rule, threshold = resolve_threshold(config.mask, contract)
        self._contract = contract
        self.greatest_threshold = highest_threshold(contract)
        self._lock = threading.Lock()
        self._now = Tuning(config.erase.method, threshold, config.mask.margin)

    @property
    def now(self) -> Tuning:
        """What counts for the next picture."""
        with self._lock:
            return self._now

    def set(self, tuning: Tuning) -> None:
        """Change it.

        Raises:
            ConfigError: a value is out of range.
        """
        check_threshold(tuning.threshold, self._contract)
        if not 0 <= tuning.margin <= GREATEST_MARGIN:
            raise ConfigError(f"margin {tuning.margin:g}: it lies between 0 and {GREATEST_MARGIN:g}")
        with self._lock:
            self._now = tuning
