"""Export of catalogues in the format of the import: what is written out can be taken in again and changes nothing.

``rows`` says what a product's row holds, ``cells`` how a spreadsheet shows it, ``files`` writes JSON Lines, CSV and
Excel workbooks, ``run`` is the whole export. The format is described in docs/import-format.md.
"""

from caigou.catalogue.services.exports.files import ExportRefused
from caigou.catalogue.services.exports.run import export_file, exported_rows

__all__ = ["ExportRefused", "export_file", "exported_rows"]
