# One image for both processes: `node apps/api/dist/main.js` and `node apps/worker/dist/main.js`.
# Everything is configured by environment variables; REDIS_URL is required.

# Node 22 gets fixes until April 2027; the code also runs on 20.19 and 24. The digest is that of the index of all platforms.
ARG NODE_IMAGE=node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c

# Everything that is downloaded, by the lockfile alone: an edit of the source downloads nothing.
FROM ${NODE_IMAGE} AS fetch
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" fetch

FROM fetch AS build
COPY . .
RUN npm run build && node scripts/image/main.mjs /image

FROM ${NODE_IMAGE}
# Fonts, also Chinese ones, for the captions of infographics.
# glibc's allocator keeps the memory of large pictures; jemalloc gives it back. In pages of 2 MB a picture is 1,500 page
# faults instead of 19,000.
# tini reaps the processes that work on pixels when their parent dies, and passes signals on.
# What installs packages has no business in a running container.
RUN apt-get update \
  && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core fonts-noto-cjk libjemalloc2 tini \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s "$(find /usr/lib -name 'libjemalloc.so.2' | head -n 1)" /usr/local/lib/libjemalloc.so \
  && rm -rf /usr/local/lib/node_modules /opt/yarn* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* \
  && mkdir /data \
  && chown node:node /data
ENV NODE_ENV=production LD_PRELOAD=/usr/local/lib/libjemalloc.so MALLOC_CONF=thp:always STUDIO_DATA_DIR=/data
WORKDIR /app
COPY --from=build --chown=root:root /image /app
VOLUME /data
USER node
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "/app/health-check.mjs"]
# Signals reach Node through tini, and it stops in good order.
ENTRYPOINT ["tini", "--"]
CMD ["node", "apps/api/dist/main.js"]
