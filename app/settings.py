"""The settings of a deployment: the only reader of the environment."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each setting is an environment variable with the prefix ``DABIAO_``."""

    model_config = SettingsConfigDict(env_prefix="DABIAO_", frozen=True)

    database_url: str = Field(
        default="sqlite:///dabiao.db",
        description="Where the data is: an SQLite file, or postgresql+psycopg://...",
    )
    read_access: Literal["public", "key"] = Field(
        default="public", description="Whether official figures are read without a key."
    )
    busy_timeout_seconds: float = Field(
        default=10.0, gt=0, description="How long a write waits for the one before it."
    )
    max_body_bytes: int = Field(
        default=1024 * 1024, gt=0, description="The largest JSON body that is accepted."
    )

    max_file_bytes: int = Field(
        default=32 * 1024 * 1024, gt=0, description="The largest CSV or XLSX file that is accepted."
    )

    @property
    def is_embedded(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.database_url.startswith("sqlite")
