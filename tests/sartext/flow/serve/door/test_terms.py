"""What a proxy knows of the application behind it."""

import asyncio
from dataclasses import replace

import pytest

from sartext.flow.serve.door import terms
from sartext.flow.serve.door.terms import KnownTerms, Terms, withdraw

TERMS = Terms(key="a-key-of-some-length", max_body_bytes=1, max_bodies_bytes=2, places=3)


def test_proxies_learn_of_new_terms_and_keep_them_while_the_head_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    store: dict[str, str] = {}

    def get(name: str) -> bytes | None:
        if "broken" in store:
            raise RuntimeError("the head does not answer")
        return store[name].encode() if name in store else None

    monkeypatch.setattr(terms, "_FRESH_S", 0.0)
    monkeypatch.setattr(terms, "_internal_kv_get", get)
    monkeypatch.setattr(terms, "_internal_kv_put", store.__setitem__)
    monkeypatch.setattr(terms, "_internal_kv_del", store.pop)
    reading = KnownTerms()
    assert asyncio.run(reading.now()) is None
    TERMS.publish()
    assert asyncio.run(reading.now()) == TERMS
    replace(TERMS, key="another-key-of-some-length").publish()
    store["broken"] = ""
    assert asyncio.run(reading.now()) == TERMS
    del store["broken"]
    found = asyncio.run(reading.now())
    assert found is not None
    assert found.key == "another-key-of-some-length"
    withdraw()
    assert asyncio.run(reading.now()) is None
