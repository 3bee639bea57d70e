"""Films in: demuxing, decoding, and the clock that tells when each frame is shown."""
