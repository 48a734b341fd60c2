"""What an Excel workbook may be. Plain Python: the child process that reads it loads this file, too.

Source of the limits: reliability.md section 5 (uploads), and the format's own: 1,048,576 rows, 32,767 characters.
"""

from __future__ import annotations

from typing import Final

#: Entries of the ZIP file that a workbook is, and bytes that they may unpack to, all together.
MOST_ENTRIES: Final = 5_000
MOST_UNPACKED: Final = 1 << 30
#: Times its size that an entry may unpack to; below ``SMALL`` bytes any ratio is fine.
MOST_RATIO: Final = 200
SMALL: Final = 8 << 20
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 400
#: Characters of one cell; Excel itself keeps fewer.
MOST_CELL: Final = 100_000
#: Digits of a number that a spreadsheet keeps; later ones have become zeros.
EXACT_DIGITS: Final = 15

#: What the child may use: bytes of address space, seconds of CPU, bytes of answer.
CHILD_MEMORY: Final = 1 << 30
CHILD_CPU_SECONDS: Final = 300
MOST_ANSWER: Final = 2 << 30
