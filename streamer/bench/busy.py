"""How busy a card is while something runs, asked of NVIDIA's management library where that is installed.

Knows nothing of networks.
"""

from importlib import import_module
from statistics import fmean
from threading import Event, Thread
from types import TracebackType
from typing import Any

from faceerase.log import get_logger

EVERY_SECONDS = 0.1

_log = get_logger(__name__)


class BusyMeter:
    """A context in which a card is asked again and again; ``share`` afterwards is the mean, None where nobody knows."""

    def __init__(self, address: str | None, library: Any | None = None) -> None:
        """Look for the card.

        Args:
            address: of the card on the PCI bus; None: there is no card to ask.
            library: ``pynvml``; None: the installed one.
        """
        self.share: float | None = None
        self._library: Any = library
        self._card: Any = None
        if address is None:
            return
        try:
            self._library = library or import_module("pynvml")
            self._library.nvmlInit()
            self._card = self._library.nvmlDeviceGetHandleByPciBusId(address.encode())
        except Exception as error:  # not installed, or one of NVML's own errors
            _log.info("how busy the card is, is not known: %s", error)

    def __enter__(self) -> "BusyMeter":
        self.share, self._samples, self._over = None, list[float](), Event()
        self._asking = Thread(target=self._ask, name="busy", daemon=True)
        if self._card is not None:
            self._asking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._card is not None:
            self._asking.join()
        self.share = fmean(self._samples) / 100 if self._samples else None

    def _ask(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            try:
                self._samples.append(float(self._library.nvmlDeviceGetUtilizationRates(self._card).gpu))
            except Exception as error:  # MIG slices, for one, do not tell
                _log.info("how busy the card is, is not known: %s", error)
                return
