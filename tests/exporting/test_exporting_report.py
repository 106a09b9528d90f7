import re
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np

from songcut.exporting.report import ReportMaterial, report_html
from songcut.model.analysis import Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.song import Song
from songcut.model.takes import Select, Take
from songcut.model.timing import FrameRange
from songcut.model.treatment import Colour, SectionPrompt, Treatment

MATERIAL = ReportMaterial(
    Song("/song.mp3", "5" * 64, 4.0, 44100, 2, "mp3", "Love & <Rain>", "Artist"),
    SongAnalysis(
        4.0, 120.0, BeatGrid((Beat(0.5, 1), Beat(1.0, 2))),
        (Section(0, 2, "A", "verse", 0.2), Section(2, 4, "B", "chorus", 0.9)),
        EnergyCurve(1.0, (0.0, 0.2, 0.5, 0.8, 1.0)), (), "C major", Mood(0, 0, ("calm",)),
    ),
    Treatment(
        "A concept.", "A style.", (Colour("ink", "#101010"),),
        (SectionPrompt(1, 0, "A", "verse", "m", "a lake"), SectionPrompt(2, 2, "B", "chorus", "n", "a fire")),
    ),
    ShotList(Fraction(24), tuple(Shot(i, FrameRange(48 * i, 48 * i + 48), i, "p", "static", 0.5) for i in range(2))),
    (Select(0, "t", Fraction(0), "nearest to the prompt"), Select(1, "u", Fraction(0), "the only one")),
    {
        name: Take(name, 0, "procedural", "p", f"caption {name}", "t.mp4", "7" * 64, Fraction(2), 64, 36)
        for name in ("t", "u")
    },
    {0: np.full((36, 64, 3), 90, np.uint8)},
    ("a clip was left out",),
)  # fmt: skip


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "br", "img", "rect", "polygon", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect", "polygon", "path"):
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else():
    text = report_html(MATERIAL)
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.links
    assert all(link.startswith("data:image/jpeg;base64,") for link in page.links)
    assert "http" not in text.replace("http-equiv", "")


def test_it_says_what_was_heard_written_chosen_and_why():
    text = report_html(MATERIAL)
    for words in (
        "120 bpm",
        "A concept.",
        "a lake",
        "a fire",
        "caption t",
        "nearest to the prompt",
        "left out",
        "#101010",
    ):
        assert words in text
    assert text.count('class="cut"') == 2
    assert text.count('class="bar"') == 1
    assert text.count("<article>") == 2


def test_titles_cannot_break_the_page():
    text = report_html(MATERIAL)
    assert "Love &amp; &lt;Rain&gt;" in text
    assert not re.search(r"<Rain>", text)
