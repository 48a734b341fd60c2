"""The engines that must keep the port's contract, and some goods to find in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from caigou.search.ports import Document, Index, Query, Step
from caigou.search.tests import opensearch

#: Name of the engine and of its class. A new engine joins here and passes every test. The names are strings because
#: search stands below its adapters.
ENGINES: dict[str, str] = {
    "tantivy": "caigou.adapters.tantivy_index.index.TantivyIndex",
    "opensearch": "caigou.adapters.opensearch_index.index.OpenSearchIndex",
}

TODAY = date(2026, 11, 22)
LONG = date(2027, 6, 30)


def opened(name: str, folder: Path) -> Index:
    """Open the engine's index for ``folder``; what stands on a server has a name made of the folder's."""
    make: Callable[[Path | str], Index] = import_string(ENGINES[name])
    return make(folder if name == "tantivy" else opensearch.url_of(folder))


def chosen(name: str, folder: Path, settings: Any) -> None:
    """Let the installation search by this engine."""
    settings.CAIGOU_INDEX = folder
    settings.CAIGOU_SEARCH_INDEX = ENGINES[name]
    settings.SEARCH_URL = "" if name == "tantivy" else opensearch.url_of(folder)


def kept(name: str, folder: Path) -> int:
    """Return how many generations the engine keeps."""
    if name == "tantivy":
        return len([path for path in folder.iterdir() if path.is_dir()])
    return len(opensearch.indexes_of(folder))


def lost(name: str, folder: Path) -> None:
    """Take the index away as a careless hand would."""
    if name == "tantivy":
        shutil.rmtree(folder)
    else:
        opensearch.drop(folder)


def found(index: Index, text: str = "", **asked: Any) -> list[int]:
    """Return the ids that ``index`` finds, in order."""
    return list(index.search(Query(text=text, today=TODAY, **asked)).ids)


MUG, LANTERN, HOLDER, LUNCH_BOX, DRESS, THERMOS, TEE, CAKE_STAND = range(1, 9)

GOODS = (
    Document(
        id=MUG,
        title_zh="窑变釉陶瓷马克杯 350ml",
        description="A stoneware mug dipped twice by hand.",
        attributes="Mugs 杯子 ; Stoneware 炻瓷",
        external_id="DH-M350",
        kind="factory",
        qualification="verified_factory",
        verified_until=LONG,
        country="CN",
        province="Fujian",
        city="Quanzhou",
        moq=240,
        steps=[Step(240, 1380), Step(720, 1260), Step(1440, 1190)],
        quality=0.4,
    ),
    Document(
        id=LANTERN,
        title_en="WHITE METAL LANTERN",
        kind="trader",
        country="GB",
        moq=6,
        currency="GBP",
        steps=[Step(6, 425), Step(48, 375)],
    ),
    Document(
        id=HOLDER,
        title_en="WHITE HANGING HEART T-LIGHT HOLDER",
        kind="trader",
        country="GB",
        moq=6,
        currency="GBP",
        steps=[Step(6, 295), Step(32, 255)],
    ),
    Document(
        id=LUNCH_BOX,
        title_zh="不锈钢饭盒 双层 儿童",
        kind="trader",
        qualification="licence_checked",
        verified_until=LONG,
        country="CN",
        province="Zhejiang",
        city="Yiwu",
        moq=50,
        steps=[Step(50, 2200), Step(500, 1800)],
        quality=0.2,
    ),
    Document(
        id=DRESS,
        title_en="Women's cotton dress with floral print",
        title_zh="女士纯棉印花连衣裙",
        attributes="Clothing 服装",
        kind="factory",
        country="CN",
        province="Guangdong",
        city="Guangzhou",
        moq=100,
        steps=[Step(100, 4500)],
        quality=0.1,
    ),
    Document(
        id=THERMOS,
        title_en="Insulated bottle 500 ml",
        title_zh="保温杯 500毫升",
        kind="factory",
        qualification="verified_factory",
        verified_until=date(2026, 11, 21),
        country="CN",
        province="Zhejiang",
        city="Yongkang",
        moq=100,
        steps=[Step(1, 3000), Step(100, 2500), Step(1000, 2100)],
    ),
    Document(
        id=TEE,
        title_en="Children's T-shirt",
        title_zh="儿童T恤 短袖",
        kind="trader",
        country="CN",
        province="Guangdong",
        city="Guangzhou",
        moq=20,
        steps=[Step(20, 1500)],
    ),
    Document(
        id=CAKE_STAND,
        title_en="REGENCY CAKESTAND 3 TIER",
        kind="trader",
        country="GB",
        moq=4,
        currency="GBP",
        steps=[Step(4, 1275)],
    ),
)
