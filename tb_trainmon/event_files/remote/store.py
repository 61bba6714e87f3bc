"""One file system of fsspec: the listing below a log directory, and ranges of its files.

Every call may take as long as the network does: never call one while somebody waits for a page.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.remote.trouble import StoreTrouble, UnknownScheme
from tb_trainmon.event_files.urls import scheme_of

# Without these botocore waits for 60 s, 25 times. They give way to the user's own (FSSPEC_S3_...).
_OPTIONS: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 30}}
}
# Under which names file systems tell when a file was written, and which writing it was.
_TIMES = ("LastModified", "last_modified", "mtime", "modified", "updated", "created")
_VERSIONS = ("ETag", "etag", "generation", "version_id")
_NO_SUCH_RANGE = "InvalidRange"
_AT_ONCE = 64  # questions to a store whose file system asks one after another


@record(frozen=True, slots=True)
class Range:
    """``size`` bytes from ``offset`` of the file at ``url``."""

    url: str
    offset: int
    size: int


class Store:
    """The store of the log directory ``url``. Safe to use from any thread; opened when needed."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._opened: tuple[Any, str] | None = None

    def listing(self) -> dict[str, FileState]:
        """Every file below the log directory, by its path relative to it.

        Raises OSError (StoreTrouble for what is no OSError by itself) or ImportError.
        """
        try:
            system, root = self._open()
            system.invalidate_cache()
            found = system.find(root, detail=True)
            if not found:
                # Some answer nothing, where nothing can be reached.
                system.info(root)
        except (OSError, ImportError):
            raise
        except Exception as error:
            raise StoreTrouble(str(error)) from error
        return dict(_files(root, found))

    def read(self, wanted: Range) -> bytes:
        """The bytes of the range, fewer where the file ends. Raises OSError."""
        (found,) = self.read_all([wanted])
        if isinstance(found, OSError):
            raise found
        return found

    def read_all(self, wanted: Sequence[Range]) -> list[bytes | OSError]:
        """The bytes of every range, asked for at once where the store can; or what is wrong."""
        try:
            system, root = self._open()
            paths = [root + each.url[len(self.url) :] for each in wanted]
            # Those of object stores ask for all at once by themselves.
            asking = 1 if system.async_impl else _AT_ONCE
            found = _side_by_side(partial(_ask, system), paths, wanted, asking)
        except Exception as error:  # noqa: BLE001  each client library has errors of its own
            return [_as_os_error(error)] * len(wanted)
        return [_bytes_or_error(each) for each in found]

    def _open(self) -> tuple[Any, str]:
        """The file system, and the log directory's path in it."""
        if self._opened is None:
            # Late: it takes a second, and who has no remote log directory needs none of it.
            import fsspec  # noqa: PLC0415

            scheme = scheme_of(self.url)
            try:
                fsspec.get_filesystem_class(scheme)
            except ValueError:
                raise UnknownScheme(scheme) from None
            system, root = fsspec.url_to_fs(
                self.url,
                # One of our own: TensorBoard's keeps listings, and is none of our business.
                skip_instance_cache=True,
                use_listings_cache=False,
                **_options(scheme, fsspec.config.conf),
            )
            self._opened = system, root.rstrip("/")
        return self._opened


def _ask(system: Any, paths: Sequence[str], wanted: Sequence[Range]) -> list[object]:
    """The bytes of each range, or the error in their place."""
    found: list[object] = system.cat_ranges(
        list(paths),
        [each.offset for each in wanted],
        [each.offset + each.size for each in wanted],
        on_error="return",
    )
    return found


def _side_by_side(
    ask: Callable[[Sequence[str], Sequence[Range]], list[object]],
    paths: Sequence[str],
    wanted: Sequence[Range],
    most: int,
) -> list[object]:
    """What ``ask`` says of all, asked in ``most`` threads; those of one file in one of them."""
    share = {path: number % most for number, path in enumerate(dict.fromkeys(paths))}
    shares = [[at for at, path in enumerate(paths) if share[path] == n] for n in range(most)]
    found: list[object] = [StoreTrouble("It was not asked for.")] * len(paths)

    def work(mine: Sequence[int]) -> None:
        try:
            answers = ask([paths[at] for at in mine], [wanted[at] for at in mine])
        except Exception as error:  # noqa: BLE001  each client library has errors of its own
            answers = [error] * len(mine)
        for at, answer in zip(mine, answers, strict=True):
            found[at] = answer

    first, *others = [mine for mine in shares if mine] or [[]]
    threads = [threading.Thread(target=work, args=(mine,), daemon=True) for mine in others]
    for thread in threads:
        thread.start()
    work(first)
    for thread in threads:
        thread.join()
    return found


def _options(scheme: str, configured: Mapping[str, Any]) -> dict[str, object]:
    """Our options for such stores, below what the user has configured."""
    theirs = configured.get(scheme, {})
    ours = _OPTIONS.get(scheme, {})
    return {name: {**values, **theirs.get(name, {})} for name, values in ours.items()}


def _files(root: str, found: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, FileState]]:
    return [
        (path[len(root) :].lstrip("/"), _state(detail))
        for path, detail in found.items()
        # Object stores hold empty files called "folder/", by which their consoles show folders.
        if detail.get("type") == "file" and path.startswith(root + "/") and path[-1] != "/"
    ]


def _state(detail: Mapping[str, Any]) -> FileState:
    written = _nanoseconds(next((detail[name] for name in _TIMES if detail.get(name)), 0))
    version = next((str(detail[name]) for name in _VERSIONS if detail.get(name)), str(written))
    return FileState(0, 0, int(detail.get("size") or 0), written, version)


def _nanoseconds(written: object) -> int:
    """A time as file systems give it: a datetime, seconds, or text in ISO 8601."""
    if isinstance(written, str):
        try:
            written = datetime.fromisoformat(written.replace("Z", "+00:00"))
        except ValueError:
            return 0  # a spelling of its own: the size and the version still tell changes
    if isinstance(written, datetime):
        written = written.timestamp()
    return round(written * 1e9) if isinstance(written, (int, float)) else 0


def _bytes_or_error(found: object) -> bytes | OSError:
    if isinstance(found, bytes):
        return found
    assert isinstance(found, BaseException)  # cat_ranges gives one or the other
    # Asked for what lies behind the end: the file has become shorter since it was listed.
    if _NO_SUCH_RANGE in str(found.__cause__):
        return b""
    return _as_os_error(found)


def _as_os_error(error: BaseException) -> OSError:
    if isinstance(error, OSError):
        return error
    trouble = StoreTrouble(str(error) or type(error).__name__)
    trouble.__cause__ = error
    return trouble
