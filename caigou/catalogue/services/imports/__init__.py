"""Import of catalogues: CSV, JSON Lines and Excel, of any size, streamed, resumable and idempotent (B8, F5, F6).

From the bottom up: ``files`` (lines), ``rows`` (cells and fields), ``fields`` (one product, checked), ``steps`` and
``uci`` (mappings), ``store`` (a batch into the tables), ``run`` (the whole import), ``requests`` (from the web).
The format is described in docs/import-format.md.
"""

from caigou.catalogue.services.imports.gallery import check_pictures
from caigou.catalogue.services.imports.mappings import find_mapping, mappings_for, read_with, save_mapping
from caigou.catalogue.services.imports.problems import FileRefused
from caigou.catalogue.services.imports.requests import (
    IMPORT_CALL,
    on_import_requested,
    request_import,
    run_import_call,
)
from caigou.catalogue.services.imports.run import ImportTakenOver, Progress, import_file
from caigou.catalogue.services.imports.sellers import (
    ensure_supplier,
    find_supplier,
    import_suppliers,
)
from caigou.catalogue.services.imports.trees import import_categories, load_own_categories

__all__ = [
    "IMPORT_CALL",
    "FileRefused",
    "ImportTakenOver",
    "Progress",
    "check_pictures",
    "ensure_supplier",
    "find_mapping",
    "find_supplier",
    "import_categories",
    "import_file",
    "import_suppliers",
    "load_own_categories",
    "mappings_for",
    "on_import_requested",
    "read_with",
    "request_import",
    "run_import_call",
    "save_mapping",
]
