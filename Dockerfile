# The Lambda image: `docker build .`, `make image` or `sam build`, with BuildKit or without.
# Any image with Python 3.13 on glibc may be the base: AWS's own, python:3.13-slim, Debian.
ARG BASE=public.ecr.aws/lambda/python:3.13

FROM ${BASE} AS build
WORKDIR /build
# Debian's python3 has no pip of its own that may install; a virtual environment brings one.
RUN python3 -m pip --version || python3 -m venv /venv
ENV PATH=/venv/bin:${PATH} PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# With a folder of wheels (`make wheels`) nothing is fetched: the build works without a registry.
COPY requirements/lambda.txt requirements/build.txt wheel[s] /build/requirements/
RUN set -- --no-compile --require-hashes --only-binary=:all: && \
    if ls requirements/*.whl; then set -- "$@" --no-index --find-links requirements; fi && \
    python3 -m pip install "$@" --target /image/var/task -r requirements/lambda.txt && \
    python3 -m pip install "$@" --target /compiler -r requirements/build.txt
# The engine is installed as any project installs it: its wheel, with the dependencies locked above.
COPY pyproject.toml README.md LICENSE openapi.yaml ./
COPY src/ src/
ENV PYTHONPATH=/image/var/task:/compiler
# hadolint ignore=DL3013
RUN python3 -m pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /engine . && \
    python3 -m pip install --no-deps --no-index --no-compile --find-links /engine --target /image/var/task \
      openapi-first-serverless && \
    python3 -m openapi_first compile openapi.yaml --output /image/var/task/compiled.py \
      --examples /image/var/task/examples.json
# The AWS services that the function calls, by botocore's names; the data of all others is removed.
ARG AWS_SERVICES=dynamodb
RUN python3 -m openapi_first.compiler.image /image/var/task --aws-services "${AWS_SERVICES}" && \
    touch -d 1980-01-01T00:00:00Z /image/var
ARG CONTRACT_HASH=
RUN test -z "${CONTRACT_HASH}" || \
    python3 -B -c 'import sys, compiled; sys.exit(compiled.HASH != sys.argv[1])' "${CONTRACT_HASH}" || \
    { echo "openapi.yaml is not the one that CONTRACT_HASH names" >&2; exit 1; }

FROM ${BASE}
# The base's installers, which no function uses, become empty folders. A layer lists a deleted file with
# the time of its deletion, so two builds would never have the same layer.
RUN for installer in /usr/local/bin/pip* /var/lang/bin/pip* \
      /usr/local/lib/python3.*/site-packages/pip* /var/lang/lib/python3.*/site-packages/pip* \
      /usr/local/lib/python3.*/ensurepip /var/lang/lib/python3.*/ensurepip \
      /usr/lib/python3.*/ensurepip /usr/share/python-wheels; do \
      if test -e "${installer}"; then \
        rm -rf "${installer}" && mkdir "${installer}" && \
        touch -d 1980-01-01T00:00:00Z "${installer}" "${installer%/*}" || exit; \
      fi; \
    done
COPY --from=build /image/ /
WORKDIR /var/task
ENV LAMBDA_TASK_ROOT=/var/task
ARG CONTRACT_HASH=
ARG REVISION=
# Without this label or a runtime interface client that waits to be restored, as ours does, Lambda
# publishes no version with SnapStart (Lambda: snapstart-runtime-hooks-custom).
LABEL com.amazonaws.lambda.feature.snapstart="Allow" \
      contract.sha256=${CONTRACT_HASH} \
      org.opencontainers.image.revision=${REVISION}
# Lambda chooses its own user; elsewhere nobody will do.
USER 65534:65534
ENTRYPOINT ["/var/task/bootstrap"]
CMD ["items.handler.handler"]
