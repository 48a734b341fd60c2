"""Why a row of a file, or a whole file, was refused or only noted, and how to mend it.

The tables store a code and the figures that its sentences name; ``explain`` makes the sentences in the reader's
language. Every code is described in docs/import-format.md, which a test holds against this table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Explanation(NamedTuple):
    """One sentence each: what is wrong, and what to do."""

    reason: str
    mend: str


#: The whole file can't be read; nothing of it was taken in.
FILE: Final[Mapping[str, tuple[Any, Any]]] = {
    "empty_file": (_("The file is empty."), _("Export it again and check that it has a header and rows.")),
    "unknown_format": (
        _("The name of the file doesn't end in .csv, .jsonl, .xlsx, .csv.gz or .jsonl.gz."),
        _("Save it as an Excel workbook, CSV or JSON Lines and name it accordingly."),
    ),
    "another_kind": (
        _("The file is no text but of another kind, such as a workbook, a PDF, a picture or an archive."),
        _("Save it as an Excel workbook or as “CSV UTF-8”, and name it as what it is."),
    ),
    "no_header": (
        _("The first line doesn't name the columns."),
        _("Put the names of the columns, such as external_id, title_en, moq and tiers, into the first line."),
    ),
    "same_columns": (
        _("Two columns have the same name, or the first line names none."),
        _("Give each column of the first line a name of its own."),
    ),
    "unknown_mapping": (
        _("There is no column mapping of this name."),
        _("Leave the mapping out to have it found by the header, or use uci-online-retail."),
    ),
    "needs_supplier": (
        _("The file doesn't say who sells the goods."),
        _("Choose the supplier of the whole file."),
    ),
    "damaged_gzip": (
        _("The compressed file is damaged or is not gzip at all."),
        _("Compress it again with gzip, or import it uncompressed."),
    ),
    "bomb": (
        _("The compressed file unpacks to far more than it may."),
        _("Unpack it yourself, look at it, and import the plain file."),
    ),
    "utf16": (
        _("The file is written in UTF-16."),
        _("Save it as “CSV UTF-8”; spreadsheet programs offer that beside plain CSV."),
    ),
    "encrypted": (
        _("The workbook is protected by a password, or is an old .xls file."),
        _("Open it, take the password off and save it as .xlsx."),
    ),
    "not_a_workbook": (
        _("The file is named .xlsx but is not an Excel workbook, or is damaged."),
        _("Open it in a spreadsheet program and save it as .xlsx again."),
    ),
    "external_links": (
        _("The workbook takes figures from other files, which are not here."),
        _("Copy the sheet, paste it as values into a new workbook and import that."),
    ),
    "too_heavy": (
        _("Reading the workbook takes more memory or time than it may."),
        _("Save the sheet as “CSV UTF-8” and import that; a CSV file may be of any length."),
    ),
    "damaged_zip": (
        _("The ZIP file of pictures is damaged or is no ZIP file."),
        _("Pack the pictures again, without other archives inside, and hand both files in once more."),
    ),
    "zip_bomb": (
        _("The ZIP file of pictures unpacks to far more than it may."),
        _("Pack only JPEG, PNG or WebP pictures, at most 20,000 of them, 4 GB in all."),
    ),
    "encrypted_zip": (
        _("The ZIP file of pictures is protected by a password."),
        _("Pack the pictures again without a password."),
    ),
    "missing_file": (
        _("The file is no longer where it was put."),
        _("Upload it again."),
    ),
}

#: The row can't be sold as it stands; it was not taken.
REFUSED: Final[Mapping[str, tuple[Any, Any]]] = {
    "not_utf8": (
        _("The line contains bytes that are not UTF-8 text."),
        _("Save the file as UTF-8; a CSV file may also be GB18030 throughout."),
    ),
    "nul": (_("The line contains a NUL character."), _("Export the file again as plain text.")),
    "too_long": (
        _("The line is longer than %(most)s bytes."),
        _("Check for a quotation mark or a line break that is missing; shorten the descriptions."),
    ),
    "broken_quotes": (
        _("A quotation mark is opened and not closed, or stands in the middle of a quoted cell."),
        _('Put the cell in quotation marks and double each one inside it: "5"" pipe".'),
    ),
    "column_count": (
        _("The row has %(found)s cells; the header has %(wanted)s."),
        _("Put cells that contain the separator into quotation marks, or add the cells that are missing."),
    ),
    "not_json": (_("The line is not valid JSON."), _("Write one JSON object on each line and nothing else.")),
    "not_object": (
        _("The line is JSON but not an object."),
        _("Write each product as {…} with the documented fields."),
    ),
    "missing": (_("%(field)s is missing."), _("Fill in %(field)s.")),
    "no_title": (_("The product has no title."), _("Fill in title_en or title_zh.")),
    "not_text": (_("%(field)s is not a text."), _("Write %(field)s as a text.")),
    "field_too_long": (
        _("%(field)s is longer than %(most)s characters."),
        _("Shorten %(field)s to %(most)s characters."),
    ),
    "bad_number": (
        _("%(field)s is “%(value)s”; it must be a whole number from %(least)s to %(most)s."),
        _("Write %(field)s in plain digits, without separators or a unit."),
    ),
    "bad_currency": (
        _("“%(value)s” is not a currency that we know."),
        _("Use a three-letter code in capitals, such as CNY or USD."),
    ),
    "no_tiers": (
        _("The product has no price."),
        _("Write each price with the quantity from which it holds, such as 100:13.80|500:12.60."),
    ),
    "bad_tiers": (
        _("The price tiers can't be read: “%(value)s”."),
        _("Write them as quantity:price, separated by |, such as 100:13.80|500:12.60."),
    ),
    "too_many_tiers": (_("The product has more than %(most)s price tiers."), _("Leave at most %(most)s tiers.")),
    "bad_price": (
        _("“%(value)s” is not an exact price in %(currency)s."),
        _("Write it in plain digits with a point and no more decimals than the currency has, such as 12.60."),
    ),
    "price_not_positive": (
        _("The price %(value)s is not above zero."),
        _("Fill in the price, or leave the product out until it has one."),
    ),
    "tiers_not_rising": (
        _("The tier from %(quantity)s doesn't start above the one before it."),
        _("Sort the tiers by quantity and name each quantity once."),
    ),
    "tier_price_rises": (
        _("The price rises at %(quantity)s units."),
        _("A larger quantity may not cost more per unit: lower that price or leave the tier out."),
    ),
    "bad_quote_type": (
        _("quote_type is “%(value)s”."),
        _("Write by_quantity, per_variant or by_total, or leave it out."),
    ),
    "bad_variants": (
        _("The variants can't be read: “%(value)s”."),
        _("Write them as LB: Colour=Lake blue; Size=L @ 13.80, separated by |, or as a JSON list."),
    ),
    "too_many_variants": (_("The product has more than %(most)s variants."), _("Divide it into several products.")),
    "variant_twice": (
        _("Two variants are called “%(value)s”."),
        _("Give each variant an external_id of its own."),
    ),
    "variant_without_price": (
        _("The variant “%(value)s” has no price."),
        _("Give each variant its price, or write tiers for all of them together."),
    ),
    "no_variants": (
        _("The product is priced per variant and has no variants."),
        _("List the variants with their prices, or write tiers."),
    ),
    "duplicate": (
        _("The same external_id stands already in line %(first)s."),
        _("Keep the row that holds and delete the other one, or give it an external_id of its own."),
    ),
    "no_supplier": (
        _("The row doesn't say who sells the product."),
        _("Fill in supplier, or choose the supplier of the whole file."),
    ),
    "unknown_supplier": (
        _("There is no supplier called “%(value)s”."),
        _("Enter the supplier first, or correct the name."),
    ),
    "foreign_supplier": (
        _("The row belongs to another supplier, “%(value)s”."),
        _("Import only your own goods; leave the supplier out or name yourself."),
    ),
    "taken_by_other": (
        _("This product of the source is already listed by another supplier."),
        _("Import the file for that supplier, or use another external_id."),
    ),
    # Excel workbooks
    "formula": (
        _("%(field)s holds a formula (%(value)s); what it gives can't be checked."),
        _("Copy the column and paste it as values."),
    ),
    "date_cell": (
        _("%(field)s holds a date (%(value)s); a spreadsheet has taken what was typed for one."),
        _("Format the column as text and type the value again."),
    ),
    "cell_error": (_("%(field)s holds the error %(value)s."), _("Mend the cell, or leave it empty.")),
    "long_number": (
        _("%(field)s is a number of more than 15 digits (%(value)s); the spreadsheet has lost its last digits."),
        _("Format the column as text and type the value again."),
    ),
    "shortened_number": (
        _("%(field)s is “%(value)s”; a spreadsheet has shortened a long number."),
        _("Format the column as a number without decimals or as text, check its digits, and save the file again."),
    ),
    # uci-online-retail: order lines of a wholesaler
    "return": (
        _("The line is a return or a cancelled order, not a sale."),
        _("Nothing to mend: returns say nothing about prices."),
    ),
    "adjustment": (
        _("The line takes goods out of stock; nobody bought them."),
        _("Nothing to mend: corrections of the stock are not goods for sale."),
    ),
    "not_goods": (
        _("“%(value)s” stands for a fee, freight or a correction, not for goods."),
        _("Nothing to mend. If it is a product after all, give it a stock code with digits."),
    ),
    "no_description": (
        _("The line has no description."),
        _("Fill in the description if the line is a sale."),
    ),
}

#: The product was taken; the part that is named here was left out.
NOTED: Final[Mapping[str, tuple[Any, Any]]] = {
    "unknown_column": (
        _("The column “%(value)s” is not one that we know; it was left out."),
        _("Rename it if it is one of the documented columns."),
    ),
    "unknown_category": (
        _("There is no category “%(value)s”; the product stands without one."),
        _("Use the slug of a category that exists."),
    ),
    "missing_picture": (
        _("There is no picture “%(value)s” among those handed in."),
        _("Put it into the ZIP file under this very name."),
    ),
    "bad_picture": (
        _("The picture “%(value)s” can't be used: %(why)s"),
        _("Save it as JPEG, PNG or WebP and hand it in again."),
    ),
    "left_out": (
        _("%(field)s can't be used as it stands (“%(value)s”); it shows as not stated."),
        _("Write %(field)s as the format's description says."),
    ),
}

#: Every code with its sentences.
SENTENCES: Final[Mapping[str, tuple[Any, Any]]] = {**FILE, **REFUSED, **NOTED}


def explain(code: str, params: Mapping[str, Any]) -> Explanation:
    """Return the sentences of ``code`` in the active language; a code that is no longer known explains itself.

    >>> explain("missing", {"field": "moq"})
    Explanation(reason='moq is missing.', mend='Fill in moq.')
    """
    reason, mend = SENTENCES.get(code, (code, ""))
    if not params:
        return Explanation(str(reason), str(mend))
    known = defaultdict(str, {name: str(value) for name, value in params.items()})
    return Explanation(str(reason) % known, str(mend) % known)
