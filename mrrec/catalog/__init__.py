"""What can be recommended: items, search, look-up of facts."""

from mrrec.catalog.catalog import Catalog
from mrrec.catalog.items import Item, read_items

__all__ = ["Catalog", "Item", "read_items"]
