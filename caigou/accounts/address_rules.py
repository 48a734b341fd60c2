"""What an address must have, country by country: only what carriers there ask for, in their words (F3).

Countries that aren't listed need a street and a city and nothing else; a postcode or a region may be given.  Sources:
the postal unions' addressing sheets and CLDR's names of subdivisions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise
Need = Literal["required", "optional", "unused"]
_POSTCODE, _REGION, _CITY = _("Postcode"), _("State or province"), _("City")
_STATE = pgettext_lazy("of an address", "State")


@dataclass(frozen=True, slots=True)
class Rules:
    """How one country writes its addresses. ``regions`` maps the written form to its names; empty takes any text.

    ``lines`` is how the place is written: below the street, with the fields in braces.
    """

    postcode: Need = "optional"
    pattern: str = ""
    example: str = ""
    postcode_word: Words = _POSTCODE
    region: Need = "optional"
    region_word: Words = _REGION
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    city_word: Words = _CITY
    lines: tuple[str, ...] = ("{city} {region} {postcode}",)

    def read_postcode(self, text: str) -> str | None:
        """Return the postcode as it is written there, None when it is none."""
        text = " ".join(text.upper().split())
        if not text or not self.pattern:
            return text
        match = re.fullmatch(self.pattern, text.replace(" ", "").replace("-", ""), re.ASCII)
        return self._joined(match) if match else None

    def _joined(self, match: re.Match[str]) -> str:
        """Put the parts together with the sign that stands between them in the example."""
        sign = "-" if "-" in self.example else " "
        return sign.join(part for part in match.groups() if part) if match.groups() else match[0]

    def read_region(self, text: str) -> str | None:
        """Return the region as carriers there write it, None when it is none of them."""
        text = " ".join(text.split())
        if not text or not self.regions:
            return text
        wanted = text.casefold()
        for written, names in self.regions.items():
            if wanted == written.casefold() or wanted in (name.casefold() for name in names):
                # A code is what carriers write; a name may stand in the script of the country.
                return written if len(written) <= _CODE or text.isascii() else text
        return None


def _coded(text: str) -> dict[str, tuple[str, ...]]:
    """Read "CODE Name, CODE Name": the code is written, the name is understood."""
    pairs = (entry.strip().partition(" ") for entry in text.split(","))
    return {code: (name,) for code, _space, name in pairs}


def _named(text: str) -> dict[str, tuple[str, ...]]:
    """Read "Name/other name, Name": the name is written, the others are understood."""
    rows = (entry.strip().split("/") for entry in text.split(","))
    return {row[0]: tuple(row[1:]) for row in rows}


_US = _coded(
    "AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,"
    " DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa,"
    " KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota,"
    " MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico,"
    " NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania,"
    " RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia,"
    " WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming, AS American Samoa, GU Guam,"
    " MP Northern Mariana Islands, PR Puerto Rico, VI Virgin Islands, AA Armed Forces Americas,"
    " AE Armed Forces Europe, AP Armed Forces Pacific"
)
_AU = _coded(
    "ACT Australian Capital Territory, NSW New South Wales, NT Northern Territory, QLD Queensland, SA South Australia,"
    " TAS Tasmania, VIC Victoria, WA Western Australia"
)
_BR = _coded(
    "AC Acre, AL Alagoas, AP Amapá, AM Amazonas, BA Bahia, CE Ceará, DF Distrito Federal, ES Espírito Santo,"
    " GO Goiás, MA Maranhão, MT Mato Grosso, MS Mato Grosso do Sul, MG Minas Gerais, PA Pará, PB Paraíba, PR Paraná,"
    " PE Pernambuco, PI Piauí, RJ Rio de Janeiro, RN Rio Grande do Norte, RS Rio Grande do Sul, RO Rondônia,"
    " RR Roraima, SC Santa Catarina, SP São Paulo, SE Sergipe, TO Tocantins"
)
_NG = _named(
    "Abia, Adamawa, Akwa Ibom, Anambra, Bauchi, Bayelsa, Benue, Borno, Cross River, Delta, Ebonyi, Edo, Ekiti, Enugu,"
    " FCT/Abuja/Federal Capital Territory, Gombe, Imo, Jigawa, Kaduna, Kano, Katsina, Kebbi, Kogi, Kwara, Lagos,"
    " Nasarawa, Niger, Ogun, Ondo, Osun, Oyo, Plateau, Rivers, Sokoto, Taraba, Yobe, Zamfara"
)
_AE = _named(
    "Abu Dhabi/أبو ظبي, Ajman/عجمان, Dubai/دبي, Fujairah/الفجيرة, Ras Al Khaimah/رأس الخيمة, Sharjah/الشارقة,"
    " Umm Al Quwain/أم القيوين"
)
_JP = _named(
    "Hokkaido/北海道, Aomori/青森県, Iwate/岩手県, Miyagi/宮城県, Akita/秋田県, Yamagata/山形県, Fukushima/福島県,"
    " Ibaraki/茨城県, Tochigi/栃木県, Gunma/群馬県, Saitama/埼玉県, Chiba/千葉県, Tokyo/東京都, Kanagawa/神奈川県,"
    " Niigata/新潟県, Toyama/富山県, Ishikawa/石川県, Fukui/福井県, Yamanashi/山梨県, Nagano/長野県, Gifu/岐阜県,"
    " Shizuoka/静岡県, Aichi/愛知県, Mie/三重県, Shiga/滋賀県, Kyoto/京都府, Osaka/大阪府, Hyogo/兵庫県, Nara/奈良県,"
    " Wakayama/和歌山県, Tottori/鳥取県, Shimane/島根県, Okayama/岡山県, Hiroshima/広島県, Yamaguchi/山口県,"
    " Tokushima/徳島県, Kagawa/香川県, Ehime/愛媛県, Kochi/高知県, Fukuoka/福岡県, Saga/佐賀県, Nagasaki/長崎県,"
    " Kumamoto/熊本県, Oita/大分県, Miyazaki/宮崎県, Kagoshima/鹿児島県, Okinawa/沖縄県"
)
_CN = _named(
    "Anhui/安徽/安徽省, Beijing/北京/北京市, Chongqing/重庆/重庆市, Fujian/福建/福建省, Gansu/甘肃/甘肃省,"
    " Guangdong/广东/广东省, Guangxi/广西/广西壮族自治区, Guizhou/贵州/贵州省, Hainan/海南/海南省, Hebei/河北/河北省,"
    " Heilongjiang/黑龙江/黑龙江省, Henan/河南/河南省, Hubei/湖北/湖北省, Hunan/湖南/湖南省,"
    " Inner Mongolia/内蒙古/内蒙古自治区, Jiangsu/江苏/江苏省, Jiangxi/江西/江西省, Jilin/吉林/吉林省,"
    " Liaoning/辽宁/辽宁省, Ningxia/宁夏/宁夏回族自治区, Qinghai/青海/青海省, Shaanxi/陕西/陕西省,"
    " Shandong/山东/山东省, Shanghai/上海/上海市, Shanxi/山西/山西省, Sichuan/四川/四川省, Tianjin/天津/天津市,"
    " Tibet/西藏/西藏自治区, Xinjiang/新疆/新疆维吾尔自治区, Yunnan/云南/云南省, Zhejiang/浙江/浙江省"
)

#: States of three letters at most are codes.
_CODE: Final = 3
_FIVE: Final = r"\d{5}"
RULES: Final[Mapping[str, Rules]] = {
    "US": Rules(
        postcode="required",
        pattern=r"(\d{5})(\d{4})?",
        example="94105-1804",
        postcode_word=_("ZIP code"),
        region="required",
        region_word=_STATE,
        regions=_US,
        lines=("{city}, {region} {postcode}",),
    ),
    "GB": Rules(
        postcode="required",
        pattern=r"(GIR|[A-Z]{1,2}\d[A-Z\d]?)(0AA|\d[A-Z]{2})",
        example="SW1A 1AA",
        region_word=_("County"),
        city_word=_("Town"),
        lines=("{city}", "{region}", "{postcode}"),
    ),
    "DE": Rules(postcode="required", pattern=_FIVE, example="20457", region="unused", lines=("{postcode} {city}",)),
    "FR": Rules(postcode="required", pattern=_FIVE, example="75008", region="unused", lines=("{postcode} {city}",)),
    "AU": Rules(
        postcode="required",
        pattern=r"\d{4}",
        example="3056",
        region="required",
        region_word=_("State or territory"),
        regions=_AU,
        city_word=_("Suburb or town"),
    ),
    "BR": Rules(
        postcode="required",
        pattern=r"(\d{5})(\d{3})",
        example="01310-100",
        postcode_word=_("CEP"),
        region="required",
        region_word=_STATE,
        regions=_BR,
        lines=("{city} - {region}", "{postcode}"),
    ),
    "NG": Rules(
        pattern=r"\d{6}",
        example="100001",
        region="required",
        region_word=_STATE,
        regions=_NG,
        lines=("{city} {postcode}", "{region}"),
    ),
    "KE": Rules(
        pattern=_FIVE,
        example="00100",
        region_word=_("County"),
        city_word=_("Town"),
        lines=("{city} {postcode}", "{region}"),
    ),
    "AE": Rules(
        postcode="unused", region="required", region_word=_("Emirate"), regions=_AE, lines=("{city}", "{region}")
    ),
    "JP": Rules(
        postcode="required",
        pattern=r"(\d{3})(\d{4})",
        example="100-0001",
        region="required",
        region_word=_("Prefecture"),
        regions=_JP,
        city_word=_("City or ward"),
        lines=("{city}, {region} {postcode}",),
    ),
    "CN": Rules(
        pattern=r"\d{6}",
        example="322000",
        region="required",
        region_word=_("Province"),
        regions=_CN,
        lines=("{city}, {region} {postcode}",),
    ),
}
ELSEWHERE: Final = Rules()


def rules_of(country: str) -> Rules:
    """Return how ``country`` (ISO 3166-1) writes its addresses.

    >>> rules_of("JP").read_postcode("1000001"), rules_of("US").read_region("california")
    ('100-0001', 'CA')
    """
    return RULES.get(country, ELSEWHERE)


def address_lines(address: Mapping[str, str]) -> list[str]:
    """Return the lines of an address as it is written in its country, without receiver, country and phone.

    >>> address_lines({"line1": "1 Main St", "city": "Austin", "region": "TX", "postcode": "73301", "country": "US"})
    ['1 Main St', 'Austin, TX 73301']
    """
    place = {name: address.get(name, "") for name in ("city", "region", "postcode")}
    if place["region"] == place["city"]:  # Singapore, Singapore
        place["region"] = ""
    rows = [address.get("line1", ""), address.get("line2", "")]
    rows += [line.format(**place) for line in rules_of(address.get("country", "")).lines]
    return [tidy for row in rows if (tidy := " ".join(row.split()).strip(" ,-"))]
