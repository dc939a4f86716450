# The app for a classroom: one container, results kept in the volume /data.
FROM python:3.13-slim
RUN pip install --no-cache-dir "uv>=0.9,<1" && useradd --create-home jsmi && mkdir /data && chown jsmi /data
WORKDIR /srv/jsmi
COPY . .
RUN uv sync --frozen --no-dev
USER jsmi
ENV JSMI_STORE=/data/store JSMI_CACHE=/data/cache
VOLUME /data
EXPOSE 8501
CMD [".venv/bin/jsmi", "app", "--host", "0.0.0.0", "--port", "8501"]
