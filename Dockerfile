# Caigou in one container: web, worker and live updates under one supervisor. The database is another container (compose.yaml).
# Not built where the project is made (no container engine there): read docs/operating.md before you rely on it.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
RUN python -m venv /opt/caigou
WORKDIR /src
COPY requirements requirements
# setuptools is pinned with its hash among the packages for development; it alone of them is wanted here.
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements/dev.txt > build.txt \
 && /opt/caigou/bin/pip install --require-hashes -r requirements/base.txt -r build.txt
COPY pyproject.toml README.md LICENSE ./
COPY caigou caigou
RUN /opt/caigou/bin/pip install --no-deps --no-build-isolation . \
 && cd / && /opt/caigou/bin/python -m caigou.cli.translations compile

FROM python:3.11-slim-bookworm
ENV PATH=/opt/caigou/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CAIGOU_HOME=/var/lib/caigou
RUN useradd --system --uid 10001 --home-dir /var/lib/caigou --create-home caigou
COPY --from=build /opt/caigou /opt/caigou
USER caigou
WORKDIR /var/lib/caigou
VOLUME /var/lib/caigou
EXPOSE 8000 8001
STOPSIGNAL SIGINT
# Asked as the proxy asks: by a host that this installation answers to, over what was https.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as u; h = os.environ['CAIGOU_HOSTS'].split(',')[0].strip('. '); u.urlopen(u.Request('http://127.0.0.1:8000/readyz', headers={'Host': h, 'X-Forwarded-Proto': 'https'}), timeout=4)"]
ENTRYPOINT ["caigou"]
CMD ["up", "--host", "0.0.0.0", "--port", "8000", "--live-port", "8001"]
