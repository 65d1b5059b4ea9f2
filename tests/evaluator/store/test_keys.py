import pytest
from sqlalchemy import select

from evaluator.errors import UsageError
from evaluator.store import Scope, Store
from evaluator.store.api_keys import any_keys, check_key, create_key, list_keys, revoke_key
from evaluator.store.schema import API_KEYS


def test_a_key_is_accepted_until_it_is_revoked_and_not_stored(store: Store) -> None:
    with store.write() as db:
        assert not any_keys(db)
        key, text = create_key(db, "ci", [Scope.READ, Scope.SUBMIT])
    with store.read() as db:
        found = check_key(db, text)
        stored = str(db.execute(select(API_KEYS)).one())
    assert found == key
    assert found.may(Scope.SUBMIT)
    assert not found.may(Scope.FORECAST)
    assert text.rpartition("_")[2] not in stored
    with store.write() as db:
        revoke_key(db, key.id)
    with store.read() as db:
        assert check_key(db, text) is None
        assert not any_keys(db)
        assert list_keys(db)[0].revoked


def test_wrong_keys_are_refused(store: Store) -> None:
    with store.write() as db:
        _key, text = create_key(db, "ci", [Scope.ADMIN])
    with store.read() as db:
        for wrong in (
            "",
            "x",
            text[:-1],
            text + "A",
            text[:-1] + ("A" if text[-1] != "A" else "B"),
            "\ud800",
            "\x00",
        ):
            assert check_key(db, wrong) is None


def test_a_key_needs_a_name_and_a_scope(store: Store) -> None:
    with store.write() as db:
        for name, scopes in (
            ("", [Scope.READ]),
            ("x" * 101, [Scope.READ]),
            ("a\nb", [Scope.READ]),
            ("a", []),
        ):
            with pytest.raises(UsageError):
                create_key(db, name, scopes)
        with pytest.raises(UsageError, match="no key 'abc'"):
            revoke_key(db, "abc")
