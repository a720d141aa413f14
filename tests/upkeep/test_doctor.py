"""``dabiao doctor`` finds what is wrong with a deployment, and says what to do about it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli.commands import main
from app.cli.upkeep import doctor
from app.database import Database
from app.services.access.keys import KeyOrder, Role, create_key
from app.settings import Settings
from tests.conftest import Deployment
from tests.issuing import providing

Look = Callable[..., Any]
# The doctor looks whether SQLite waits for the disk.
pytestmark = pytest.mark.usefixtures("durable")


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, durable: None) -> Look:  # noqa: ARG001 - as in service
    """Run the doctor on a database with these settings; not as root, whoever runs the tests."""

    def look(url: str, **environment: str) -> Any:
        known = {"DABIAO_DATABASE_URL": url, **environment}
        # The server of the tests, which may start now, asks the same.
        with monkeypatch.context() as patch:
            patch.setattr("os.geteuid", lambda: 1000)
            return CliRunner().invoke(main, ["doctor"], env=known)

    return look


@pytest.fixture
def sound(database_url: str) -> str:
    """A deployment on each kind of database in which nothing is wrong."""
    _make_keys(database_url, Role.REVIEWER, Role.ADMINISTRATOR)
    if database_url.startswith("sqlite"):
        _file(database_url).chmod(0o600)
    return database_url


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _make_keys(url: str, *roles: Role, at: datetime | None = None, days: int | None = None) -> None:
    with Database(Settings(database_url=url)) as database:
        for role in roles:
            with database.write_transaction() as session:
                create_key(
                    session, KeyOrder(role=role, expires_days=days), now=at or datetime.now(UTC)
                )


def _alter(url: str, *statements: str) -> None:
    with Database(Settings(database_url=url)) as database, database.engine.begin() as connection:
        for each in statements:
            connection.execute(sa.text(each))


def _said(found: Any) -> list[str]:
    """What was found, without the last line, which counts it."""
    return list(found.stdout.splitlines()[:-1])


def test_a_sound_deployment_has_no_finding(look: Look, sound: str) -> None:
    found = look(sound)
    # The tests' own server does not wait for the disk.
    if not sound.startswith("sqlite"):
        assert [each.split(" is ")[0] for each in _said(found)[:3]] == [
            f"PROBLEM: The database setting {name}"
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        ]
        assert found.exit_code == 1
        return
    assert (found.exit_code, found.stdout) == (0, "No problems were found.\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DABIAO_ALLOWED_ORIGINS": "*"}, "Warning: DABIAO_ALLOWED_ORIGINS is *"),
        ({"DABIAO_HOOK_ADDRESSES": "any"}, "Warning: DABIAO_HOOK_ADDRESSES is any"),
        ({"FORWARDED_ALLOW_IPS": "*"}, "PROBLEM: FORWARDED_ALLOW_IPS is *"),
        ({"DABIAO_TRUSTED_PROXIES": "0.0.0.0/0"}, "PROBLEM: DABIAO_TRUSTED_PROXIES is 0.0.0.0/0"),
        ({"DABIAO_READ_ACESS": "key"}, "PROBLEM: DABIAO_READ_ACESS is not a setting."),
    ],
)
def test_a_setting_that_is_a_risk_is_named(
    look: Look, sqlite_url: str, settings: dict[str, str], said: str
) -> None:
    found = look(sqlite_url, **settings)
    (line,) = (each for each in _said(found) if each.startswith(said))
    assert line.endswith((".", "?"))
    assert found.exit_code == ("PROBLEM" in said)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o644, "Warning: Other users can read "),
        (0o666, "PROBLEM: Other users can change "),
    ],
)
def test_a_file_that_others_reach_is_named(
    look: Look, sqlite_url: str, mode: int, said: str
) -> None:
    _make_keys(sqlite_url, Role.REVIEWER, Role.ADMINISTRATOR)
    _file(sqlite_url).chmod(mode)
    (line,) = _said(look(sqlite_url))
    assert line.startswith(f"{said}{_file(sqlite_url)}")


def test_a_folder_in_which_others_replace_files_is_named(look: Look, sqlite_url: str) -> None:
    _file(sqlite_url).parent.chmod(0o777)
    assert "Other users can replace files in" in look(sqlite_url).stdout


def test_a_network_file_system_is_named(
    look: Look, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _file(sqlite_url).parent
    table = f"/dev/x / ext4 rw 0 0\nserver:/export {place} nfs4 rw 0 0\n"
    read = Path.read_text
    monkeypatch.setattr(
        Path,
        "read_text",
        lambda self, *given: table if str(self) == "/proc/mounts" else read(self, *given),
    )
    found = look(sqlite_url)
    assert f"{place} is on a network file system (nfs4)" in found.stdout
    assert found.exit_code == 1


def test_a_disk_that_is_nearly_full_is_a_warning_and_then_a_problem(
    look: Look, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twice the room that there can be, and twenty times.
    for factor, gravity in ((2, "Warning"), (20, "PROBLEM")):
        free = shutil.disk_usage(_file(sqlite_url).parent).free
        monkeypatch.setattr(doctor, "_ROOM_BYTES", free * factor)
        assert f"{gravity}: The disk of {_file(sqlite_url).parent} has " in look(sqlite_url).stdout


def test_keys_that_have_expired_or_soon_will_are_named(look: Look, sound: str) -> None:
    now = datetime.now(UTC)
    _make_keys(sound, Role.READER, at=now - timedelta(days=9), days=8)
    _make_keys(sound, Role.READER, at=now, days=8)
    found = look(sound).stdout
    assert "Warning: These keys have expired: " in found
    assert "Warning: These keys expire within 30 days: " in found


def test_roles_that_nobody_has_are_named(look: Look, sqlite_url: str) -> None:
    assert "No valid key has the role: reviewer administrator." in look(sqlite_url).stdout
    _make_keys(sqlite_url, Role.REVIEWER)
    assert "No valid key has the role: administrator." in look(sqlite_url).stdout


def test_a_clock_behind_the_ledger_is_a_problem(look: Look, sound: str) -> None:
    later = "2999-01-01 00:00:00+00" if "postgres" in sound else "2999-01-01 00:00:00.000000"
    _alter(sound, f"UPDATE plan SET recorded_at = '{later}'")  # noqa: S608 - ours
    found = look(sound)
    assert "PROBLEM: The newest entry was recorded at 2999-01-01T00:00:00+00:00" in found.stdout
    assert found.exit_code == 1


@pytest.mark.parametrize(
    ("version", "said"), [("0001", 'Run "dabiao migrate"'), ("9999", "a newer version of Dabiao")]
)
def test_a_schema_of_another_version_is_a_problem(
    look: Look, sound: str, version: str, said: str
) -> None:
    _alter(sound, f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608 - ours
    found = look(sound)
    assert (found.exit_code, said in found.stdout) == (1, True)


def test_a_database_that_is_not_there_or_is_down_is_a_problem(look: Look, tmp_path: Path) -> None:
    found = look(f"sqlite:///{tmp_path}/none.db")
    assert (found.exit_code, "There is no database" in found.stdout) == (1, True)
    assert not (tmp_path / "none.db").exists()
    found = look("postgresql+psycopg://clerk:secret@127.0.0.1:1/dabiao")
    assert (found.exit_code, "does not accept connections" in found.stdout) == (1, True)
    assert "secret" not in found.output


def test_a_line_to_another_machine_that_is_not_encrypted_is_named(look: Look) -> None:
    address = "postgresql+psycopg://clerk@db.invalid/dabiao"
    assert "may be unencrypted" in look(address).stdout
    assert "may be unencrypted" not in look(f"{address}?sslmode=verify-full").stdout


def test_the_doctor_changes_nothing(look: Look, deployment: Deployment) -> None:
    names = "select count(*) from ledger union all select count(*) from api_key"
    with deployment.database.engine.connect() as connection:
        before = connection.exec_driver_sql(names).all()
        look(deployment.database.url)
        assert connection.exec_driver_sql(names).all() == before


def test_the_doctor_speaks_the_language_of_the_terminal(look: Look, sqlite_url: str) -> None:
    said = look(sqlite_url, LC_ALL="zh_CN.UTF-8", DABIAO_ALLOWED_ORIGINS="*").stdout
    assert "【提醒】 DABIAO_ALLOWED_ORIGINS 为 *，任何网页都可通过浏览器调用接口。" in said


def test_a_provider_of_tokens_is_asked_for_its_keys(look: Look, sound: str) -> None:
    with providing() as provider:
        settings = {"DABIAO_OIDC_ISSUER": provider.issuer}
        assert provider.issuer not in look(sound, **settings).stdout
        provider.keys = []
        without = look(sound, **settings)
        provider.instead["/keys"] = (500, b"")
        broken = look(sound, **settings)
    silent = look(sound, **settings)
    assert [each.exit_code for each in (without, broken, silent)] == [1, 1, 1]
    assert "publishes no key that can be used" in without.stdout
    assert f"{provider.issuer} cannot be read: http://127.0.0.1:" in broken.stdout
    assert "/keys answers 500. Access tokens cannot be checked." in broken.stdout
    assert "Connection refused" in silent.stdout


def test_a_role_that_tokens_give_needs_no_key(look: Look, database_url: str) -> None:
    assert "has the role: reviewer administrator" in look(database_url).stdout
    with providing() as provider:
        settings = {"DABIAO_OIDC_ISSUER": provider.issuer, "DABIAO_OIDC_ROLES": "boss=reviewer"}
        assert "has the role: administrator" in look(database_url, **settings).stdout
