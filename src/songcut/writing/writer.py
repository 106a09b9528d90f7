"""The built-in treatment writer: a song, its words and a brief become a treatment, offline."""

import zlib
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from songcut.model.analysis import Section
from songcut.model.treatment import Brief, SectionPrompt, Treatment
from songcut.ports import WritingDesk
from songcut.writing.casting import Cast, cast_sections, section_arousal
from songcut.writing.feeling import Feeling, film_feeling, nearest_word
from songcut.writing.imagery import HIGH, language, looks
from songcut.writing.palette import choose_palette

_VARIATIONS = 5


class BuiltinWriter:
    """Writes from an image vocabulary: each letter of the song gets a world, each section a shot in it.

    Worlds and shots are found by the embedder from lyrics, mood and brief. What the user says in the brief always
    wins. The same desk and seed give the same treatment.
    """

    name: str = "builtin"

    def write(self, desk: WritingDesk) -> Treatment:
        """Return a treatment with one prompt for every section of the analysis, in order."""
        desk = replace(desk, brief=_stripped(desk.brief))
        feeling = film_feeling(desk.analysis.mood, desk.brief.mood, desk.embedder)
        cast = cast_sections(desk, feeling)
        said = " ".join(text for text in (desk.brief.style, desk.brief.idea) if text)
        return Treatment(
            concept=_concept(desk, cast, feeling),
            style=_style(desk, feeling),
            palette=choose_palette(feeling.valence, feeling.arousal, said),
            sections=_section_prompts(desk, cast, feeling),
            negative_prompt=language().negative_prompt,
            written_by=f"songcut's own writer with {desk.embedder.name}, seed {desk.seed}",
        )


def _stripped(brief: Brief) -> Brief:
    """Take blank wishes for none."""
    said = {each.name: (getattr(brief, each.name) or "").strip() or None for each in fields(Brief)}
    return Brief(**said)


def _style(desk: WritingDesk, feeling: Feeling) -> str:
    if desk.brief.style:
        return desk.brief.style
    nearest = min(
        looks(), key=lambda look: (look.valence - feeling.valence) ** 2 + (look.arousal - feeling.arousal) ** 2
    )
    return nearest.style


def _section_prompts(desk: WritingDesk, cast: Sequence[Cast], feeling: Feeling) -> tuple[SectionPrompt, ...]:
    sections = desk.analysis.sections
    moments, moves, changes = (_Bag(desk.seed, f"{desk.song.sha256} {use}") for use in ("moment", "camera", "change"))
    prompts = []
    for row, (section, chosen) in enumerate(zip(sections, cast, strict=True)):
        arousal = section_arousal(section, sections, feeling)
        intensity = section_intensity(section, feeling)
        moment = moments.draw(language().moments[section.function].at(intensity))
        prompts.append(
            SectionPrompt(
                section=row + 1,
                start=section.start,
                letter=section.letter,
                function=section.function,
                motif=chosen.world.motif,
                prompt=_prompt(chosen, moment, _mood_phrase(feeling, arousal, row), desk.brief.idea),
                variations=_variations(changes),
                camera=moves.draw(_camera_moves(section, intensity)),
            )
        )
    return tuple(prompts)


def section_intensity(section: Section, feeling: Feeling) -> float:
    """Return 0 to 1: half the section's energy within its song, half how excited the song is at all.

    The loudest part of a lullaby is not a storm.
    """
    return 0.5 * section.energy + 0.5 * (feeling.arousal + 1) / 2


def _prompt(chosen: Cast, moment: str, mood: str, idea: str | None) -> str:
    seen = f"{_capital(idea.rstrip('.'))}. Here, {chosen.shot}." if idea else f"{_capital(chosen.shot)}."
    if chosen.before:
        again = language().returns
        moment = f"{again[(chosen.before - 1) % len(again)]} {moment}"
    return f"{seen} {chosen.world.motif}. {moment} {chosen.world.texture}; {mood}."


def _mood_phrase(feeling: Feeling, arousal: float, row: int) -> str:
    if feeling.given:
        return feeling.words[0]
    first = feeling.words[row % len(feeling.words)]
    second = nearest_word(feeling.valence, arousal, avoiding=(first.lower(),))
    return f"{first} and {second}"


def _camera_moves(section: Section, intensity: float) -> tuple[str, ...]:
    own = language().camera_of.get(section.function)
    return own if own is not None else language().camera.at(intensity)


def _variations(bag: "_Bag") -> tuple[str, ...]:
    kinds = list(language().variations)
    chosen = [bag.draw(language().variations[kinds[place % len(kinds)]]) for place in range(_VARIATIONS)]
    return tuple(dict.fromkeys(chosen))


def _concept(desk: WritingDesk, cast: Sequence[Cast], feeling: Feeling) -> str:
    """Write the logline from the worlds that the film opens in, peaks in and ends in."""
    title = desk.brief.title or desk.song.title
    film = _film(feeling)
    opening = f"“{title}”, {film}" if title else _capital(film)
    if desk.brief.idea:
        opening = f"{_capital(desk.brief.idea.rstrip('.'))}: {opening}"
    first, last = cast[0], cast[-1]
    if len({each.world for each in cast}) == 1:
        return f"{opening} that never leaves {first.world.name}: from {first.shot} to {last.shot}."
    return f"{opening} that opens on {first.world.name}, on {first.shot}. {_turn(desk, cast, feeling)}"


def _film(feeling: Feeling) -> str:
    words = ", ".join(dict.fromkeys(feeling.words[:2]))
    if len(words.split()) > 3:
        return f"a film in one mood, {words},"
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words} film"


def _turn(desk: WritingDesk, cast: Sequence[Cast], feeling: Feeling) -> str:
    """Say where the film goes from its opening: to its loudest section's world, and to its last."""
    sections = desk.analysis.sections
    loudest = max(range(len(sections)), key=lambda row: (sections[row].energy, sections[row].function == "chorus"))
    first, peak, last = cast[0], cast[loudest], cast[-1]
    if peak.world == first.world:
        away = next(each for each in cast if each.world != first.world)
        if last.world == first.world:
            return f"It strays as far as {away.world.name} and comes back, and it is not the same place."
        return f"From there it strays ever further, and the last we see is {last.world.name}: {last.shot}."
    if section_intensity(sections[loudest], feeling) >= HIGH:
        rises = f"When it can no longer be held in, it breaks open into {peak.world.name}"
    else:
        rises = f"Little by little it gives way to {peak.world.name}"
    if last.world == first.world:
        return f"{rises}; in the end we are back where we began, and it is not the same place."
    if last.world == peak.world:
        return f"{rises}, and it never turns back."
    return f"{rises}; the last we see is {last.world.name}: {last.shot}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Bag:
    """Draws phrases so that each of a choice comes up before any comes again, and never twice running."""

    def __init__(self, seed: int, use: str) -> None:
        self._chance = np.random.default_rng([seed % 2**32, zlib.crc32(use.encode())])
        self._drawn: dict[str, int] = {}
        self._latest = ""

    def draw(self, choices: Sequence[str]) -> str:
        fresh = [each for each in choices if each != self._latest] or list(choices)
        fewest = min(self._drawn.get(each, 0) for each in fresh)
        candidates = [each for each in fresh if self._drawn.get(each, 0) == fewest]
        self._latest = candidates[int(self._chance.integers(len(candidates)))]
        self._drawn[self._latest] = fewest + 1
        return self._latest
