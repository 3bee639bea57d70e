"""Every error that faceerase raises on purpose, and the exit code that each one means.

::

    FaceEraseError                      1
    ├── SourceError                     3   the input cannot be read
    │   └── AbsurdInputError            3   it asks for what no film has
    ├── SinkError                       4   the output cannot be written or encoded
    ├── ModelError                      5   the network cannot be loaded or run
    │   ├── ModelContractError          5   the file has no contract, or one we do not know
    │   └── ProviderUnavailableError    5   the asked-for provider does not work here
    ├── ClusterError                    5   no cluster answers, or its machines cannot be used
    ├── ConfigError                     2   an option or a configuration file is wrong
    ├── DataError                       3   a training set cannot be read
    ├── ExportError                     5   the exported network is not the trained one
    ├── VerificationError               6   the check of the result failed
    └── WorkerError                     1   a worker failed; its code is that of what failed there

Knows nothing of films or networks. Third-party errors are wrapped where they are raised, with ``raise … from``.
"""

from errno import ENOMEM


class FaceEraseError(Exception):
    """What happened, where, and what to do about it, in one line."""

    exit_code: int = 1


class SourceError(FaceEraseError):
    """The input cannot be opened, or holds nothing that can be anonymised."""

    exit_code = 3


class AbsurdInputError(SourceError):
    """The input asks for what no film has: more pixels, streams or memory; it is damaged, or a trap."""


class SinkError(FaceEraseError):
    """The output cannot be written, or the encoder refused."""

    exit_code = 4


class ModelError(FaceEraseError):
    """The network cannot be loaded, or it failed while running."""

    exit_code = 5


class ModelContractError(ModelError):
    """The model file carries no contract, or one of another version."""


class ProviderUnavailableError(ModelError):
    """The asked-for execution provider does not work on this machine."""


class ClusterError(FaceEraseError):
    """No cluster answers, or its machines cannot be used."""

    exit_code = 5


class ConfigError(FaceEraseError):
    """An option or a configuration file is wrong."""

    exit_code = 2


class DataError(FaceEraseError):
    """A training set is missing or cannot be read."""

    exit_code = 3


class ExportError(FaceEraseError):
    """The exported network does not do what the trained one does."""

    exit_code = 5


class VerificationError(FaceEraseError):
    """The finished film did not pass its check."""

    exit_code = 6


class WorkerError(FaceEraseError):
    """A piece of a film failed in another process."""

    def __init__(self, text: str, exit_code: int) -> None:
        """Say what failed there, and with which exit code."""
        super().__init__(text)
        self.exit_code = exit_code


def reason_of(error: Exception) -> str:
    """Return what a third-party error says, fit for the middle of one of our lines."""
    text = str(getattr(error, "strerror", None) or error)
    return text[:1].lower() + text[1:]


OUT_OF_MEMORY = ("out of memory", "insufficient memory", "bad alloc", "bad_alloc", "failed to allocate", "alloc_failed")
"""What libraries without a type of error of their own for it say: OpenCV, onnxruntime, CUDA."""


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was made from, says that memory is used up."""
    while error is not None and not isinstance(error, AbsurdInputError):
        # Words only where no path of a user's can be among them
        foreign = not isinstance(error, FaceEraseError | OSError)
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == ENOMEM):
            return True
        if foreign and any(words in str(error).lower() for words in OUT_OF_MEMORY):
            return True
        error = error.__cause__
    return False
