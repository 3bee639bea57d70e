"""The anonymiser: erases a frame's regions in its own planes, and says exactly which pixels that concerned.

Pixels outside the matte keep the decoder's bits. Knows nothing of files, networks or tracks.
"""

from faceerase.configs.film import Method
from faceerase.errors import SourceError
from faceerase.streamer.erase.filling import Filler
from faceerase.streamer.erase.holes import find_holes
from faceerase.streamer.erase.obscure import obscure
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.planes import layout_of, plane_views


class PlaneAnonymizer:
    """An ``Anonymizer`` that works in the planes of the frame itself."""

    def __init__(self, method: Method, rate: float = 25.0) -> None:
        """Begin a film of ``rate`` frames per second."""
        self._method = method
        self._filler = Filler(rate)

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        """Return the frame with its regions erased, and the matte of what was.

        Raises:
            SourceError: the picture's memory cannot be written to.
        """
        picture = frame.picture
        layout = layout_of(picture)
        matte, holes = find_holes(mask, layout.block, picture.width, picture.height)
        if not holes:
            return frame, matte
        picture.make_writable()
        views = plane_views(picture, layout)
        if not all(view.flags.writeable for view in views):
            raise SourceError(f"frame {frame.index}: the decoder gives pictures that cannot be edited")
        if self._method == "inpaint":
            self._filler.fill(views, layout, matte, holes, frame.index)
        else:
            for hole in holes:
                obscure(self._method, views, layout, hole, *matte.cells.shape[::-1])
        return frame, matte
