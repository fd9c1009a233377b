# The server and its command line, without the packages that only development needs.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs an install script, and none gets to run one.
RUN npm ci --ignore-scripts
COPY launch.cjs nest-cli.json tsconfig.json tsconfig.build.json ./
COPY dashboard ./dashboard
COPY docs/metrics.md ./docs/
COPY graphiql ./graphiql
COPY projections ./projections
COPY scripts/bundle-server.js ./scripts/
COPY src ./src
COPY tracker ./tracker
RUN npm run build

FROM node:24.21.0-bookworm-slim
# Reached from outside the container, the server starts with keys only (docs/operations.md).
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json launch.cjs ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist ./dist
RUN install --directory --owner=node --group=node --mode=0700 /data
# The server writes only here; the rest of the file system may be read-only.
VOLUME /data
USER node
EXPOSE 3000
# Docker or an orchestrator restarts an unhealthy container: so this asks for life, not readiness.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The server runs without npm, which does not wait for an orderly stop.
CMD ["node", "dist/src/main.js"]
