# The course in a container, for instructors: `docker build -t circuits .`. How to run it, and why with
# these options, says the page for instructors (book/instructors.md).

FROM debian:trixie-slim AS base
COPY .ci/install /usr/local/lib/install-packages
# libpangoft2, libharfbuzz-subset0: the PDF. bubblewrap: the sandbox.
RUN /usr/local/lib/install-packages \
        bubblewrap ca-certificates fonts-dejavu-core libharfbuzz-subset0 libpangoft2-1.0-0 make \
        python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --shell /bin/bash --uid 1000 instructor \
    && install -d -o instructor -g instructor /course /course/classroom
ENV LANG=C.UTF-8
WORKDIR /course

# With what the whole test suite needs beyond it: of this, .devcontainer makes a dev container.
FROM base AS development
RUN /usr/local/lib/install-packages chromium git openssh-client postgresql \
    && rm -rf /var/lib/apt/lists/*
USER instructor

FROM base AS course
USER instructor
COPY --chown=instructor:instructor . .
RUN make environment && rm -rf "$HOME/.cache"
# A class is kept where the volume is: -v circuits-class:/course/classroom
VOLUME /course/classroom
CMD ["make", "demo"]
