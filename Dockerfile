# One image for web, worker and beat; what runs is said by the command.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
# pg_dump and psql for `manage.py backup` and `restore`; not older than the server they speak to.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt
COPY . .
# Translations and static files are built into the image; the secret is for this step alone.
RUN SECRET_KEY=only-while-building-the-image DATA_DIR=/app/built \
    sh -c "python manage.py messages --compile && python manage.py collectstatic --noinput -v0" \
    && useradd --system --home /data --create-home brygga && chown -R brygga /data
ENV MODE=production DATA_DIR=/data STATIC_ROOT=/app/built/static
USER brygga
EXPOSE 8000
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s CMD ["python", "manage.py", "alive", "web"]
CMD ["gunicorn", "config.wsgi:application", "--preload", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "2", "--no-control-socket"]
