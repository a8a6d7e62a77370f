"""Static files under names that carry their checksum, so that browsers may keep them for ever."""

from pathlib import Path

import brotli  # type: ignore[import-untyped]
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Bytes above which the last tenth of size is not worth the seconds of a first start: charts, scanner, the API's
# description, which browsers keep.
_LARGE = 200_000
_BEST, _QUICK = 11, 9


class ThriftyCompressor(Compressor):  # type: ignore[misc] # it ships no types
    """Compresses each name once: the checksum in it proves that its content is the same."""

    def should_compress(self, filename: str) -> bool:
        # Only who debugs a library asks for its source map.
        return not filename.endswith(".map") and bool(super().should_compress(filename))

    def compress(self, path: str) -> list[str]:
        if Path(f"{path}.gz").exists():
            return []
        made: list[str] = super().compress(path)
        return made

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=_QUICK if len(data) > _LARGE else _BEST)
        return compressed


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it ships no types
    """Replaces relative imports of modules by the names with checksum: no bundler or import map is needed."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **options: object) -> ThriftyCompressor:
        return ThriftyCompressor(**options)
