"""The real parts, opened once a run: encoder, starter catalogue, embedded model."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace

import numpy as np
import pytest

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and hasattr(os, "sched_setaffinity"):
    # Each worker has a core of its own: models that share cores wait for each other
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from mrrec.assistant import Assistant
from mrrec.catalog import Catalog, read_items
from mrrec.catalog.vocabulary import Vocabulary
from mrrec.embed import Encoder
from mrrec.settings import SEED, Settings


@pytest.fixture(scope="session")
def encoder():
    return Encoder()


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    return Settings(store=tmp_path_factory.mktemp("store"), seed=7)


@pytest.fixture(scope="session")
def assistant(settings):
    """Everything, with the embedded model."""
    return Assistant.open(settings)


@pytest.fixture(scope="session")
def catalog(assistant):
    return assistant.catalog


@pytest.fixture(scope="session")
def store(assistant):
    return assistant.store


@pytest.fixture(scope="session")
def starter():
    """The starter catalogue without its vectors, which a request is read without."""
    items = read_items(SEED / "catalog")
    names, counts, genres = Vocabulary.collect(items)
    vocabulary = Vocabulary(names, counts, genres, np.zeros((len(names), 1), np.float32))
    return Catalog(items, np.zeros((len(items), 1), np.float32), None, vocabulary)


@pytest.fixture
def person():
    """A name nobody else has."""
    return f"tester-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def memory(assistant, person):
    return assistant.memory(person)


@pytest.fixture
def talk(assistant):
    """Send messages in one conversation and get each turn's final steps."""
    from mrrec.agent.loop import Conversation, run

    def start(memory, **options):
        conversation = Conversation(memory)
        chosen = replace(assistant.settings, **options)

        def send(message):
            final = {}
            for step in run(assistant, conversation, message, chosen):
                final[step.id] = step
            assert all(s.end is not None for s in final.values()), "a step was left open"
            return list(final.values())

        send.conversation = conversation
        return send

    return start
