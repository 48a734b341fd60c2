"""How figures, moments and quantities are written, per language. Pure: no request, no settings, no database.

Babel formats the digits; the symbols are the platform's own, so that a reader never takes yen for yuan:
``¥`` is CNY, ``JP¥`` yen, ``US$ A$ HK$`` dollars.  The minus is U+2212 and stands before the symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, Literal, get_args

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import get_timezone_location
from babel.numbers import format_decimal

from caigou.kernel.money import Money, exponent

Sure = Literal["listed", "estimate", "offered", "agreed", "unpriced"]
SURE: Final = frozenset(get_args(Sure))

MINUS: Final = "\N{MINUS SIGN}"
ALMOST: Final = "\N{ALMOST EQUAL TO}"
HARD_SPACE: Final = "\N{NO-BREAK SPACE}"
RANGE: Final = "\N{EN DASH}"

#: Currencies with a sign of their own here; all others are written with their ISO code.
SYMBOLS: Final[Mapping[str, str]] = {
    "CNY": "¥",
    "JPY": "JP¥",
    "USD": "US$",
    "AUD": "A$",
    "HKD": "HK$",
    "CAD": "CA$",
    "NZD": "NZ$",
    "SGD": "S$",
    "TWD": "NT$",
    "GBP": "£",
    "EUR": "€",
    "KRW": "₩",
    "INR": "₹",
}


@dataclass(frozen=True, slots=True)
class UnitWords:
    """What one and many of a unit are called in English, and its Chinese measure word."""

    one: str
    many: str
    zh: str


#: The catalogue's units of sale. An unknown unit is written as it came.
UNITS: Final[Mapping[str, UnitWords]] = {
    "piece": UnitWords("pc", "pcs", "件"),
    "set": UnitWords("set", "sets", "套"),
    "pair": UnitWords("pair", "pairs", "双"),
    "metre": UnitWords("m", "m", "米"),
    "square_metre": UnitWords("m²", "m²", "平方米"),
    "roll": UnitWords("roll", "rolls", "卷"),
    "sheet": UnitWords("sheet", "sheets", "张"),
    "box": UnitWords("box", "boxes", "盒"),
    "bag": UnitWords("bag", "bags", "袋"),
    "bottle": UnitWords("bottle", "bottles", "瓶"),
    "pack": UnitWords("pack", "packs", "包"),
    "dozen": UnitWords("dozen", "dozen", "打"),
    "kilogram": UnitWords("kg", "kg", "千克"),
    "carton": UnitWords("carton", "cartons", "箱"),
}


def is_chinese(language: str) -> bool:
    """Say whether a Django or BCP 47 language code is Chinese.

    >>> is_chinese("zh-hans"), is_chinese("zh-CN"), is_chinese("en")
    (True, True, False)
    """
    return language.lower().split("-")[0] == "zh"


def locale_of(language: str) -> Locale:
    """Return Babel's locale for a language of ours; English is the British kind (day before month, 24 hours).

    >>> str(locale_of("zh-hans")), str(locale_of("en"))
    ('zh_Hans_CN', 'en_GB')
    """
    return Locale("zh", "CN", script="Hans") if is_chinese(language) else Locale("en", "GB")


def format_number(number: int, language: str) -> str:
    """Group the digits and write a true minus.

    >>> format_number(1440, "en"), format_number(-3, "zh-hans")
    ('1,440', '−3')
    """
    text = format_decimal(abs(number), locale=locale_of(language))
    return f"{MINUS}{text}" if number < 0 else text


def _digits(money: Money, language: str) -> str:
    places = exponent(money.currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(Decimal(abs(money.minor)).scaleb(-places), format=pattern, locale=locale_of(language))


def symbol_of(currency: str) -> str:
    """Return what stands before the digits: our sign, or the ISO code and a space that doesn't break.

    >>> symbol_of("CNY"), symbol_of("NOK")
    ('¥', 'NOK\\xa0')
    """
    return SYMBOLS.get(currency, currency + HARD_SPACE)


def format_money(money: Money, language: str, *, symbol: bool = True, signed: bool = False) -> str:
    """Write an amount exactly, with all digits of its currency; nothing is rounded.

    ``symbol=False`` is for ledgers whose column head names the currency; ``signed`` writes + on a rise.

    >>> format_money(Money(1802400, "CNY"), "en"), format_money(Money(-4120830, "CNY"), "zh-hans")
    ('¥18,024.00', '−¥41,208.30')
    >>> format_money(Money(1200, "JPY"), "en"), format_money(Money(253146, "USD"), "en")
    ('JP¥1,200', 'US$2,531.46')
    >>> format_money(Money(9230000, "CNY"), "en", symbol=False, signed=True)
    '+92,300.00'
    """
    sign = MINUS if money.minor < 0 else "+" if signed and money.minor > 0 else ""
    return f"{sign}{symbol_of(money.currency) if symbol else ''}{_digits(money, language)}"


def format_rate(figure: Decimal, language: str) -> str:
    """Write an exchange rate with five significant digits; it is rounded, so it stands beside ≈ only.

    >>> format_rate(Decimal("0.150312"), "en"), format_rate(Decimal("6.65288"), "en"), format_rate(Decimal(1491), "en")
    ('0.15031', '6.6529', '1,491.0')
    """
    places = min(max(4 - figure.adjusted(), 0), 12)
    return format_decimal(figure, format="#,##0" + ("." + "0" * places if places else ""), locale=locale_of(language))


def format_money_range(low: Money, high: Money, language: str) -> str:
    """Write two amounts of one currency with an en dash and one symbol; equal ends are one amount.

    Raises ``CurrencyMismatch`` for two currencies.

    >>> format_money_range(Money(242, "USD"), Money(251, "USD"), "en")
    'US$2.42–2.51'
    >>> format_money_range(Money(242, "USD"), Money(242, "USD"), "en")
    'US$2.42'
    """
    if not high - low:
        return format_money(low, language)
    return f"{format_money(low, language)}{RANGE}{format_money(high, language, symbol=False)}"


def format_quantity(quantity: int, unit: str, language: str) -> str:
    """Write a number of units with the unit's word; an unknown unit stands as it came.

    >>> format_quantity(1440, "piece", "en"), format_quantity(1440, "piece", "zh-hans")
    ('1,440 pcs', '1,440 件')
    >>> format_quantity(1, "set", "en"), format_quantity(12, "spool", "en")
    ('1 set', '12 spool')
    """
    return f"{format_number(quantity, language)} {unit_word(unit, quantity, language)}"


def unit_word(unit: str, quantity: int, language: str) -> str:
    """Return the unit's word for this many.

    >>> unit_word("piece", 2, "en"), unit_word("roll", 1, "zh-hans")
    ('pcs', '卷')
    """
    words = UNITS.get(unit)
    if words is None:
        return unit
    if is_chinese(language):
        return words.zh
    return words.one if quantity == 1 else words.many


def format_quantity_range(low: int, high: int | None, language: str) -> str:
    """Write a tier's span; an open end reads "and more".

    >>> format_quantity_range(720, 1439, "en"), format_quantity_range(2880, None, "en")
    ('720–1,439', '2,880 and more')
    >>> format_quantity_range(2880, None, "zh-hans")
    '2,880 及以上'
    """
    if high is None:
        return f"{format_number(low, language)} {'及以上' if is_chinese(language) else 'and more'}"
    if high == low:
        return format_number(low, language)
    return f"{format_number(low, language)}{RANGE}{format_number(high, language)}"


def format_day(day: date, language: str, *, today: date | None = None, weekday: bool = False) -> str:
    """Write a date; the year is left out when it is ``today``'s.

    >>> format_day(date(2026, 11, 21), "en", today=date(2026, 12, 1)), format_day(date(2027, 1, 20), "en")
    ('21 Nov', '20 Jan 2027')
    >>> format_day(date(2026, 11, 21), "zh-hans", today=date(2026, 12, 1), weekday=True)
    '11月21日 周六'
    """
    same_year = today is not None and today.year == day.year
    if is_chinese(language):
        pattern = ("M月d日" if same_year else "y年M月d日") + (" EEE" if weekday else "")
    else:
        pattern = ("EEE " if weekday else "") + ("d MMM" if same_year else "d MMM y")
    return babel_date(day, pattern, locale=locale_of(language)).replace("Sept", "Sep")


def format_datetime(
    moment: datetime, language: str, zone: tzinfo, *, now: datetime | None = None, weekday: bool = False
) -> str:
    """Write an aware moment in the reader's zone, minutes exact; the year is left out when it is ``now``'s there.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> moment = datetime(2026, 11, 21, 8, 2, tzinfo=UTC)
    >>> format_datetime(moment, "en", ZoneInfo("Asia/Shanghai"), now=moment)
    '21 Nov, 16:02'
    >>> format_datetime(moment, "zh-hans", ZoneInfo("Asia/Shanghai"), now=moment)
    '11月21日 16:02'
    """
    local = moment.astimezone(zone)
    today = None if now is None else now.astimezone(zone).date()
    day = format_day(local.date(), language, today=today, weekday=weekday)
    clock = babel_datetime(local, "HH:mm", tzinfo=zone, locale=locale_of(language))
    return f"{day} {clock}" if is_chinese(language) else f"{day}, {clock}"


def format_month(day: date, language: str) -> str:
    """Write month and year, as on a certificate that runs to a month.

    >>> format_month(date(2027, 3, 31), "en"), format_month(date(2027, 3, 31), "zh-hans")
    ('Mar 2027', '2027年3月')
    """
    pattern = "y年M月" if is_chinese(language) else "MMM y"
    return babel_date(day, pattern, locale=locale_of(language)).replace("Sept", "Sep")


def format_span(span: timedelta, language: str) -> str:
    """Write a length of time in its two largest parts, cut and never rounded up; less than a minute is a minute.

    Hours run to 48 before days begin, as people count deadlines.

    >>> format_span(timedelta(hours=41, minutes=20), "en"), format_span(timedelta(hours=41), "zh-hans")
    ('41 h', '41 小时')
    >>> format_span(timedelta(days=2, hours=23, minutes=50), "en"), format_span(timedelta(minutes=12), "en")
    ('2 d 23 h', '12 min')
    >>> format_span(timedelta(days=12, hours=3), "zh-hans")
    '12 天'
    """
    minutes = max(int(span.total_seconds()) // 60, 1)
    day_word, hour_word, minute_word = ("天", "小时", "分钟") if is_chinese(language) else ("d", "h", "min")
    days, hours = minutes // 1440, minutes // 60
    if hours < 1:
        return f"{minutes} {minute_word}"
    if hours < 48:
        return f"{hours} {hour_word}"
    if days >= 7 or not hours % 24:
        return f"{days} {day_word}"
    return f"{days} {day_word} {hours % 24} {hour_word}"


def time_left(until: datetime, language: str, *, now: datetime) -> str:
    """Say how long until a deadline, or how long ago it passed. Words first, the exact moment stands beside it.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    >>> time_left(now + timedelta(hours=41), "en", now=now), time_left(now + timedelta(hours=3), "zh-hans", now=now)
    ('41 h left', '剩 3 小时')
    >>> time_left(now - timedelta(days=4), "en", now=now), time_left(now - timedelta(days=4), "zh-hans", now=now)
    ('4 d ago', '4 天前')
    """
    span = format_span(abs(until - now), language)
    if until > now:
        return f"剩 {span}" if is_chinese(language) else f"{span} left"
    return f"{span}前" if is_chinese(language) else f"{span} ago"


def zone_city(zone: tzinfo, language: str) -> str:
    """Return the city that a zone is named for in the reader's language, or UTC.

    >>> from zoneinfo import ZoneInfo
    >>> zone_city(ZoneInfo("Asia/Shanghai"), "zh-hans"), zone_city(ZoneInfo("UTC"), "en")
    ('上海', 'UTC')
    """
    if str(zone) in {"UTC", "Etc/UTC"}:
        return "UTC"
    return get_timezone_location(zone, locale=locale_of(language), return_city=True)
