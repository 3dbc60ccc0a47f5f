"""The order in which things that stand on each other can be computed."""

from collections.abc import Callable, Iterable, Iterator

from common.domain.refusal import Refusal


def dependencies_first(
    roots: Iterable[str], needs: Callable[[str], Iterable[str]], refusal: type[Refusal]
) -> Iterator[str]:
    """Yield everything the roots stand on, each once and after all it stands on itself.

    A loop raises ``refusal`` with the code ``dependency_cycle`` and its path, ``a > b > a``.
    Nothing is recursive, so a chain may be as long as it likes.
    """
    done: set[str] = set()
    for root in roots:
        if root not in done:
            yield from _from(root, needs, refusal, done)


def _from(
    root: str,
    needs: Callable[[str], Iterable[str]],
    refusal: type[Refusal],
    done: set[str],
) -> Iterator[str]:
    path, on_path = [root], {root}
    pending = [iter(needs(root))]
    while path:
        member = next(pending[-1], None)
        if member is None:
            pending.pop()
            on_path.discard(path[-1])
            done.add(path[-1])
            yield path.pop()
        elif member in on_path:
            loop = [*path[path.index(member) :], member]
            raise refusal("dependency_cycle", path=" > ".join(loop))
        elif member not in done:
            path.append(member)
            on_path.add(member)
            pending.append(iter(needs(member)))
