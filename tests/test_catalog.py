"""Reading catalogues, the shipped vectors, and plain search."""

import json

import numpy as np
import pytest

from mrrec.catalog import Catalog, read_items
from mrrec.embed import digests, encode_with, save_vectors
from mrrec.settings import SEED
from mrrec.store import Store


def write(path, *rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return path


def test_the_shipped_vectors_are_the_encoders_own(catalog, encoder):
    some = catalog.items[::300]
    fresh = encoder.encode([i.text() for i in some])
    shipped = np.stack([catalog.vector(i.id) for i in some])
    assert (fresh * shipped).sum(axis=1).min() > 0.999


def test_every_seed_text_has_its_vector_shipped():
    with np.load(SEED / "vectors.npz") as saved:
        known = set(saved["digests"].tolist())
    texts = Catalog.texts(read_items(SEED / "catalog"))
    missing = [t for t, d in zip(texts, digests(texts).tolist()) if d not in known]
    assert not missing, "run `python -m mrrec encode-seed`"


def test_vectors_of_another_encoder_are_not_taken(tmp_path, encoder):
    path = tmp_path / "v.npz"
    save_vectors(path, encoder, ["one text"])
    with np.load(path) as saved:
        np.savez(path, encoder="another", digests=saved["digests"], vectors=-saved["vectors"])
    assert encode_with(encoder, ["one text"], path)[0] @ encoder.encode(["one text"])[0] > 0.999


def test_a_catalogue_of_ones_own_in_csv(tmp_path, encoder):
    path = tmp_path / "wine.csv"
    path.write_text(
        "title,kind,year,creators,genres,themes\nOld Vine,wine,2019,Ana; Luis,red,smoky; plum\nGlint,wine,,,white,\n"
    )
    items = read_items(path)
    assert items[0].creators == ("Ana", "Luis") and items[1].year == 0 and items[0].id == "wine-old-vine-2019"
    catalog = Catalog.open(items, Store(tmp_path / "db", encoder.name, encoder.dim), encoder)
    found = catalog.search("something smoky", encoder.encode(["something smoky"])[0])
    assert found[0][0].title == "Old Vine"


@pytest.mark.parametrize(
    "rows, said",
    [
        ([{"title": ""}], "line 1: the title is missing"),
        ([{"title": "A"}, {"year": 3}], "line 2: the title is missing"),
        ([{"title": "A", "year": "soon"}], "year is 'soon'"),
        ([{"title": "A", "year": 2999}], "future"),
        ([{"title": "A", "id": "x"}, {"title": "B", "id": "x"}], "twice"),
        ([], "no items"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, said):
    with pytest.raises(ValueError, match=said):
        read_items(write(tmp_path / "items.jsonl", *rows))


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(ValueError, match="no catalogue"):
        read_items(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes('{"title": "Amélie"}'.encode("latin-1"))
    with pytest.raises(ValueError, match="UTF-8"):
        read_items(tmp_path / "latin.jsonl")
    (tmp_path / "broken.jsonl").write_text("{no json}\n")
    with pytest.raises(ValueError, match="line 1: not JSON"):
        read_items(tmp_path / "broken.jsonl")


def test_a_changed_catalogue_is_noticed(tmp_path, encoder):
    store = Store(tmp_path / "db", encoder.name, encoder.dim)
    first = read_items(write(tmp_path / "a.jsonl", {"title": "Salt", "description": "the sea"}))
    second = read_items(write(tmp_path / "a.jsonl", {"title": "Salt", "description": "a desert"}, {"title": "Rain"}))
    before = Catalog.open(first, store, encoder).vectors
    after = Catalog.open(second, store, encoder)
    assert len(after) == 2 and after.vectors[0] @ before[0] < 0.99
