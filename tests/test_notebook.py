"""The notebook of training from top to bottom on the CPU, in the environment of training and in its small setting."""

from pathlib import Path

import pytest

pytest.importorskip("unsloth", reason="runs in the training environment, see train/README.md")
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parent.parent


def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    notebook = nbformat.read(ROOT / "train" / "MR_Rec_GRPO.ipynb", as_version=4)
    (place,) = (c for c in notebook.cells if 'OUT = Path("out/notebook")' in c.source)
    place.source = place.source.replace('Path("out/notebook")', f"Path({str(tmp_path)!r})")
    client = nbclient.NotebookClient(notebook, timeout=2400, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    said = "".join(o.get("text", "") for c in notebook.cells if c.cell_type == "code" for o in c.outputs)
    assert "episodes in" in said and "held-out nDCG@10" in said
    assert said.count("[before]") == said.count("[after]") == 3
    assert (tmp_path / "adapter.gguf").stat().st_size > 1e6
    assert any("image/png" in o.get("data", {}) for c in notebook.cells if c.cell_type == "code" for o in c.outputs)
