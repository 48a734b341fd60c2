# Caigou in one container: web and worker under one supervisor. The database is another container (compose.yaml).
# Not built where the project is made (no container engine there): read docs/operating.md before you rely on it.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
RUN python -m venv /opt/caigou
WORKDIR /src
COPY requirements/base.txt requirements/base.txt
RUN /opt/caigou/bin/pip install --require-hashes -r requirements/base.txt "setuptools>=77"
COPY pyproject.toml README.md LICENSE ./
COPY requirements requirements
COPY caigou caigou
RUN /opt/caigou/bin/pip install --no-deps --no-build-isolation . \
 RUN /opt/caigou/bin/pip install --no-deps --no-build-isolation .RUN /opt/caigou/bin/pip install --no-deps --no-build-isolation . cd / && /opt/caigou/bin/python -m caigou.cli.translations compile

FROM python:3.11-slim-bookworm
ENV PATH=/opt/caigou/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CAIGOU_HOME=/var/lib/caigou
RUN useradd --system --uid 10001 --home-dir /var/lib/caigou --create-home caigou
COPY --from=build /opt/caigou /opt/caigou
USER caigou
WORKDIR /var/lib/caigou
VOLUME /var/lib/caigou
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["caigou"]
CMD ["up", "--host", "0.0.0.0", "--port", "8000"]
