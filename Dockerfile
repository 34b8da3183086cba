# The web UI, which the program holds.
FROM node:22-bookworm-slim AS ui
WORKDIR /src/ui
COPY ui .
RUN npm ci --no-audit --no-fund && npm run build

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=ui /src/ui/dist ui/dist
RUN cargo build --release --locked -p trainyard-cli

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/trainyard trainyard \
    && apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/trainyard /usr/local/bin/trainyard
USER trainyard
WORKDIR /var/lib/trainyard
VOLUME /var/lib/trainyard
EXPOSE 5000
ENTRYPOINT ["/usr/local/bin/trainyard"]
CMD ["server", "--host", "0.0.0.0", "--backend-store-uri", "sqlite:////var/lib/trainyard/yard.db", \
     "--artifacts-destination", "/var/lib/trainyard/artifacts"]
