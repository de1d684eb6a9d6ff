# The directory as an image, the same for amd64 and arm64:
#   docker build --build-arg VERSION="$(git rev-parse --short=9 HEAD)" -t employee-directory .
# Debian 13 with Python 3.13, the Python that the lock is for, by the digest of its list of processors
# (Python 3.13.15). A newer one: docker buildx imagetools inspect python:3.13-slim-trixie
ARG BASE=docker.io/library/python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

# --- The packages: wheels alone, each with its hash, so that nothing is compiled here or later.
# checkov:skip=CKV_DOCKER_7:BASE is named by its digest, which no tag can change
FROM ${BASE} AS packages
COPY deploy/requirements-al2023.lock /tmp/requirements.lock
RUN python -m venv --without-pip /opt/venv && \
    python -m pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
      --no-deps --only-binary :all: --require-hashes --requirement /tmp/requirements.lock

# --- The image itself: no compiler, no pip in its environment, nothing that its user may change.
FROM ${BASE}
ARG VERSION=unknown
# Without a shell of its own and without a password. The number is fixed, for volumes.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin \
      --home-dir /var/lib/employee-directory employee-directory && \
    install -d -m 0700 -o 10001 -g 10001 /var/lib/employee-directory
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/employee-directory
COPY application.py gunicorn.conf.py .flaskenv LICENSE ./
COPY app app
COPY templates templates
COPY static static
# Compiled once here, since the running user may not write it.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash application.py app && \
    echo "${VERSION}" >VERSION
# gunicorn takes its port from PORT. It counts the processors and the memory of the host, not those of
# a container: how many workers there are is said here.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PORT=8080 \
    WEB_CONCURRENCY=2 \
    INSTANCE_FOLDER=/var/lib/employee-directory \
    HOME=/var/lib/employee-directory \
    MALLOC_ARENA_MAX=2 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
# All that is ever written: the database and photos of a directory without AWS, and uploads meanwhile.
VOLUME ["/var/lib/employee-directory", "/tmp"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "application:application"]
