# Three images from one base, which can be any Debian or Ubuntu, or any image that has Python 3.11 or newer:
#
#     docker build --target sandbox -t passlaw-sandbox .     what programs under test run in
#     docker build --target service -t passlaw .             passlaw itself, as an ordinary user
#     docker build --target node -t passlaw-node .           the same with Ray, for the nodes of a cluster
#
# --build-arg BASE=IMAGE names another base, so that no registry is needed where one is at hand.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS python
RUN python3 -c 'import ctypes, json, sqlite3' 2>/dev/null || { \
        apt-get update -qq && \
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-minimal libpython3-stdlib && \
        rm -rf /var/lib/apt/lists/*; }

FROM python AS tree
COPY sandbox /src/sandbox
RUN cd /src && python3 -m sandbox.backends.docker.image /tree

# Nothing but that tree: no shell, no package manager, no packages.
FROM scratch AS sandbox
COPY --from=tree /tree /
USER 65534:65534
WORKDIR /tmp
ENTRYPOINT ["/python"]

# A node of a Ray cluster, see docs/cluster.md. Head, workers and drivers are all made from it, so that all of them
# have the same Ray, Python and passlaw.
FROM python AS node
ARG PIP_NO_INDEX=
ARG PIP_FIND_LINKS=
COPY . /src
RUN /src/scripts/install_in_image cluster && rm -rf /src
ENV PATH=/opt/passlaw/bin:$PATH RAY_USAGE_STATS_ENABLED=0
USER passlaw
WORKDIR /home/passlaw

# passlaw as an ordinary user. Inside a container without privileges it gives the level `landlock`; with the
# engine's socket mounted it does not use it: containers are made where the engine's files are.
FROM python AS service
ARG PIP_NO_INDEX=
ARG PIP_FIND_LINKS=
COPY . /src
RUN /src/scripts/install_in_image run && rm -rf /src
USER passlaw
WORKDIR /home/passlaw
# `docker run passlaw serve` keeps its store in this volume; make a key in it first, or listen on loopback.
RUN mkdir -p /home/passlaw/.local/share/passlaw
VOLUME ["/home/passlaw/.local/share"]
EXPOSE 8400
ENTRYPOINT ["/opt/passlaw/bin/passlaw"]
