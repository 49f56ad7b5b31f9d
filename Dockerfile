FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home emdesk \
    && install -d -o emdesk -g emdesk -m 0750 /var/lib/emdesk

WORKDIR /app
COPY requirements/production.txt requirements/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/production.txt

COPY manage.py ./
COPY emdesk emdesk
COPY scoping scoping
COPY sow sow
COPY forecasting forecasting
COPY templates templates
COPY static static

ENV EMDESK_VAR=/var/lib/emdesk PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER emdesk
VOLUME /var/lib/emdesk
EXPOSE 8000
