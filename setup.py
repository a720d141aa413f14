"""Which packages the wheel has.

The repository keeps the migrations and the bundled plans at its top; the wheel has them inside
the one package that it installs, where ``app.resources`` finds them. All else is in
pyproject.toml, which cannot say both.
"""

from setuptools import find_namespace_packages, setup

setup(
    packages=[
        *find_namespace_packages(include=["app", "app.*"]),
        "app.migrations",
        "app.migrations.versions",
        "app.seeds.plans",
    ],
    package_dir={"app.migrations": "migrations", "app.seeds": "seeds"},
)
