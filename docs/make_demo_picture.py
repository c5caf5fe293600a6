"""Makes `docs/demo.svg`, the picture of the demo in the README: `python docs/make_demo_picture.py`.

Runs the demo on the mock cluster, keeps the last screen of each scene, and shows them one after the other. Where nothing may move, the
last one stands. The picture asks for nothing from elsewhere.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from stream.broker.apache import free_ports
from stream.demo.board import Board, Scene
from stream.demo.show import a_board, play
from stream.demo.stage import Broker, broker, lay_out
from stream.demo.story import Day
from stream.demo.view import screen
from stream.logs import open_log

_OUT = Path(__file__).with_name("demo.svg")
_SIZE = (100, 34)  # columns and lines
_EACH = 7  # seconds
_DAY = Day(seed=2026, records=600, pace=4)
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")
_BOX = re.compile(r'viewBox="([^"]*)"')
_STYLE = """\
.frame {{ opacity: 0; animation: turn {whole}s step-end infinite; }}
.frame:last-child {{ opacity: 1; }}
@keyframes turn {{ 0% {{ opacity: 1; }} {share:.3f}% {{ opacity: 0; }} 100% {{ opacity: 0; }} }}
@media (prefers-reduced-motion: reduce) {{ .frame {{ animation: none; }} }}
"""


class Frames:
    """A viewer that keeps the last screen of each scene."""

    def __init__(self) -> None:
        self.kept: dict[Scene, str] = {}

    def draw(self, board: Board) -> None:
        console = Console(file=io.StringIO(), record=True, width=_SIZE[0], height=_SIZE[1], force_terminal=True, color_system="truecolor")
        console.print(screen(board, Broker.MOCK.words, _SIZE))
        self.kept[board.scene] = console.export_svg(title="pratique demo", unique_id=board.scene.value)


def main() -> None:
    """Writes the picture."""
    frames = Frames()
    with tempfile.TemporaryDirectory() as folder, broker(Broker.MOCK, Path(folder)) as address:
        stage = lay_out(Path(folder), Broker.MOCK, address, free_ports(1)[0], datetime.now(UTC).date())
        play(stage, a_board(stage), _DAY, frames, open_log("error"))
    _OUT.write_text(_animated(frames.kept.values()), "utf-8")


def _animated(frames: Iterable[str]) -> str:
    frames = [_FONTS.sub("", frame) for frame in frames]
    box = max(found[1] for frame in frames if (found := _BOX.search(frame)))
    whole = _EACH * len(frames)
    style = _STYLE.format(whole=whole, share=100 / len(frames))
    turns = (f'<g class="frame" style="animation-delay: {_EACH * number - whole}s">{frame}</g>' for number, frame in enumerate(frames))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><style>{style}</style>{"".join(turns)}</svg>\n'


if __name__ == "__main__":
    main()
