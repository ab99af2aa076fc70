# The command gateway-contracts, which serves the mock when nothing else is said:
#   docker run --rm --read-only --publish 127.0.0.1:8080:8080 IMAGE
#   docker run --rm --read-only --env GATEWAY_API_KEY IMAGE check https://gateway.example/v1
# The base is named by its tag, which moves with security fixes; where the same bytes matter more, add its digest.
FROM python:3.13-slim-trixie AS build
WORKDIR /usr/src
COPY . .
ENV UV_COMPILE_BYTECODE=1
RUN ["gate/install.sh", "/opt/gateway-contracts"]

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Gateway Contracts" \
      org.opencontainers.image.description="A mock server and a conformance suite for the model lists of LLM gateways" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/gateway-contracts /opt/gateway-contracts
ENV PATH=/opt/gateway-contracts/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A folder for files that go in and out, such as reports: --volume "$PWD":/srv
WORKDIR /srv
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
# Is for the mock; a container that judges ends by itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["python", "-m", "mockserver.health"]
ENTRYPOINT ["gateway-contracts"]
CMD ["mock", "--host", "0.0.0.0"]
