"""Where the programs begin: first they can be stopped, then everything else is imported. Knows no command."""

from faceerase.cli.stop import stoppable


def main() -> None:
    """Run ``faceerase``."""
    with stoppable():
        from faceerase.cli.commands import app

        app()


def video_main() -> None:
    """Run ``faceerase-video``."""
    with stoppable():
        from faceerase.cli.commands import video_app

        video_app()
