# Two stages of one base, so that the virtual environment's interpreter is in both.
ARG BASE=python:3.11-slim-trixie
FROM ${BASE} AS build

WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt

COPY pyproject.toml setup.py README.md ./
COPY app ./app
COPY migrations ./migrations
COPY seeds ./seeds
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .


FROM ${BASE}

ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    DABIAO_DATABASE_URL=sqlite:////data/dabiao.db

RUN groupadd --system --gid 10001 dabiao \
    && useradd --system --uid 10001 --gid dabiao --no-create-home --shell /usr/sbin/nologin dabiao \
    && install --directory --owner dabiao --group dabiao /data

WORKDIR /data
COPY --from=build /opt/venv /opt/venv

USER 10001:10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]

CMD ["dabiao", "serve", "--host", "0.0.0.0"]
