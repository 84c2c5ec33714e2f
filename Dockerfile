# Thin on purpose: it runs the same scripts as make does.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml package.json package-lock.json .npmrc README.md LICENSE ./
COPY requirements requirements
COPY scripts scripts
COPY regmap regmap
RUN scripts/setup

FROM python:3.11-slim-bookworm
WORKDIR /app
RUN useradd --system --uid 10001 --home-dir /app regmap \
    && mkdir var && chown regmap var
COPY --from=build /app/.venv .venv
COPY --from=build /app/static static
# with the texts that were compiled there
COPY --from=build /app/regmap regmap
COPY pyproject.toml LICENSE ./
COPY static static
COPY data data
COPY scripts/start scripts/start
ENV REGMAP_HOST=0.0.0.0
USER 10001
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=120s \
    CMD [".venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz')"]
CMD ["scripts/start"]
