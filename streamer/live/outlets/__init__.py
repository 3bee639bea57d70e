"""Where clean pictures go: a window, a page's screen, recordings, a virtual camera."""
