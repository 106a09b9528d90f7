"""The default generator: pictures drawn here and now, chosen by the prompt and moved by the music.

Loaded by its entry point only, since numba comes with it.
"""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from fractions import Fraction
from itertools import islice
from pathlib import Path

from songcut.errors import BackendError, OutputError
from songcut.media.writing import write_segment
from songcut.model.takes import PictureFormat, Take
from songcut.ports import ShootingFloor, TakeOrder, finished_id
from songcut.saving import file_digest
from songcut.shooting.procedural.choice import Chooser, caption
from songcut.shooting.procedural.recipe import Recipe, recipe_from
from songcut.shooting.procedural.scene import pictures, stage
from songcut.shooting.procedural.warming import warm

# Pixels of a proxy: 192x108 at 16:9. Enough to tell dark from light and still from moving, 44 times fewer than 720p.
_PROXY_PIXELS = 192 * 108
_PROXY_RATE = 8
_PROXY_LEAST_FRAMES = 8
_PROXY_QUALITY = "draft"


class ProceduralGenerator:
    """Shoots small proxies of drawn scenes, and the chosen ones again at full size."""

    name = "procedural"
    version = "1"
    made_to_order = True
    shoots_proxies = True

    def __init__(self) -> None:
        self._chooser = Chooser()

    def warm_up(self) -> None:
        """Compile the kernels, or load them from numba's cache."""
        warm()

    def shoot(self, orders: Sequence[TakeOrder], floor: ShootingFloor) -> Iterator[Take]:
        """Yield a proxy take for every order as soon as it is on disk.

        Raises
        ------
        BackendError
            If not one of the orders could be shot.
        OutputError
            If the floor's folder cannot be written.
        """
        if not orders:
            return
        recipes = self._chooser.choose(orders, floor.embedder)
        jobs = iter(list(zip(orders, recipes, strict=True)))
        shot = 0
        with ThreadPoolExecutor(max_workers=max(1, floor.workers), thread_name_prefix="procedural") as pool:
            # No more jobs are handed out than keep the workers busy, so that a reader who stops, stops the work.
            waiting: dict[Future[Take], TakeOrder] = {}
            try:
                while True:
                    for order, recipe in islice(jobs, 2 * max(1, floor.workers) - len(waiting)):
                        waiting[pool.submit(_proxy, order, recipe, floor.folder)] = order
                    if not waiting:
                        break
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=lambda each: waiting[each].id):
                        take = _result(future, waiting.pop(future), floor)
                        if take is not None:
                            shot += 1
                            yield take
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        if shot == 0:
            raise BackendError(f"the procedural generator could not shoot one of {len(orders)} takes")

    def finish(self, take: Take, order: TakeOrder, floor: ShootingFloor) -> Take:
        """Shoot a proxy again: the same pictures at the film's size and rate, exactly the shot's frames.

        Raises
        ------
        BackendError
            If the take is not one of this generator's.
        """
        try:
            recipe = recipe_from(take.settings)
            scene = stage(order, recipe)
        except (ValueError, StopIteration) as error:
            raise BackendError(f"take {take.id} cannot be shot again by this version: {error}") from None
        picture = order.picture
        length = order.shot.frames.length
        new_id = finished_id(take, order, floor)
        path = floor.folder / f"{new_id}.mp4"
        write_segment(path, pictures(scene, picture.width, picture.height, range(length)), picture, floor.quality)
        return _take(order, recipe, path, picture, new_id, proxy=False)


def proxy_format(picture: PictureFormat, length: int) -> tuple[PictureFormat, tuple[int, ...]]:
    """Return the small format of a proxy and the film frames it shows.

    The rate is such that the proxy's frames last exactly as long as the shot.
    """
    aspect = picture.width / picture.height
    height = max(16, 2 * round(math.sqrt(_PROXY_PIXELS / aspect) / 2))
    width = max(16, 2 * round(height * aspect / 2))
    count = min(length, max(_PROXY_LEAST_FRAMES, round(length * _PROXY_RATE / picture.rate)))
    frames = tuple(number * length // count for number in range(count))
    return PictureFormat(width, height, picture.rate * count / length), frames


def _proxy(order: TakeOrder, recipe: Recipe, folder: Path) -> Take:
    small, frames = proxy_format(order.picture, order.shot.frames.length)
    scene = stage(order, recipe)
    path = folder / f"{order.id}.mp4"
    write_segment(path, pictures(scene, small.width, small.height, frames), small, _PROXY_QUALITY)
    return _take(order, recipe, path, small, order.id, proxy=True)


def _take(order: TakeOrder, recipe: Recipe, path: Path, picture: PictureFormat, take_id: str, *, proxy: bool) -> Take:
    return Take(
        id=take_id,
        shot=order.shot.index,
        generator=ProceduralGenerator.name,
        prompt=order.full_prompt,
        caption=caption(order, recipe),
        path=str(path),
        sha256=file_digest(path),
        duration=Fraction(order.shot.frames.length) / order.picture.rate,
        width=picture.width,
        height=picture.height,
        proxy=proxy,
        seed=order.seed,
        settings=recipe.settings(),
    )


def _result(future: Future[Take], order: TakeOrder, floor: ShootingFloor) -> Take | None:
    """Return a job's take; a job that failed is reported and gives none, a folder that cannot be written ends all."""
    try:
        return future.result()
    except OutputError:
        raise
    except Exception as error:  # the edge of the generator: one odd order must not cost the others
        floor.warn(f"take {order.number} of shot {order.shot.index} could not be drawn and is left out: {error}")
        return None


__all__ = ["ProceduralGenerator", "proxy_format", "warm"]
