"""Which of librdkafka's settings nobody may pass through, and why. `settings` asks; all others are open to `kafka.extra`."""

_OFFSETS = "offsets ride in the transaction"
_ORDER = "order and exactly-once rest on it"
_PARTITION = "a record keeps the number of its partition"
_REBALANCE = "the loop is written for one way of rebalancing"
_CODE = "it loads code into the guard"
_PEER = "the guard would no longer know whom it talks to"
_DERIVED = "it follows from the bounds of a batch"
_CALLBACK = "it is a callback of the program"
_DOUBT = "how long a transaction stays in doubt is reckoned by it"
_VERSIONS = "transactions need the protocol versions that the broker offers"
_TEST = "it replaces the broker by a fake"

_REASONS = {
    "enable.auto.commit": _OFFSETS,
    "auto.commit.interval.ms": _OFFSETS,
    "auto.commit.enable": _OFFSETS,
    "enable.auto.offset.store": _OFFSETS,
    "offset.store.method": _OFFSETS,
    "offset.store.path": _OFFSETS,
    "offset.store.sync.interval.ms": _OFFSETS,
    "auto.offset.reset": "where a source starts is `from` in the pipeline, and a gap stops it",
    "isolation.level": "records of an aborted transaction must never be read",
    "enable.partition.eof": "the loop knows records only",
    "check.crcs": "a damaged record must never be judged",
    "transactional.id": "it is the pipeline's name and the worker's ordinal",
    "transaction.timeout.ms": "recovery is promised for its value",
    "retry.backoff.ms": _DOUBT,
    "retry.backoff.max.ms": _DOUBT,
    "socket.nagle.disable": "without it every transaction waits",
    "enable.idempotence": _ORDER,
    "enable.gapless.guarantee": _ORDER,
    "acks": _ORDER,
    "request.required.acks": _ORDER,
    "max.in.flight": _ORDER,
    "max.in.flight.requests.per.connection": _ORDER,
    "message.send.max.retries": _ORDER,
    "retries": _ORDER,
    "queuing.strategy": _ORDER,
    "message.timeout.ms": _ORDER,
    "delivery.timeout.ms": _ORDER,
    "partitioner": _PARTITION,
    "partitioner_cb": _PARTITION,
    "sticky.partitioning.linger.ms": _PARTITION,
    "allow.auto.create.topics": "a mistyped topic must be refused, never made",
    "queue.buffering.max.messages": _DERIVED,
    "queue.buffering.max.kbytes": _DERIVED,
    "group.id": "it is the pipeline's name",
    "group.instance.id": "it has a setting of its own, `worker.instance`",
    "group.protocol": _REBALANCE,
    "group.protocol.type": _REBALANCE,
    "group.remote.assignor": _REBALANCE,
    "partition.assignment.strategy": _REBALANCE,
    "plugin.library.paths": _CODE,
    "ssl.engine.location": _CODE,
    "ssl.engine.id": _CODE,
    "ssl_engine_callback_data": _CODE,
    "ssl.providers": _CODE,
    "sasl.kerberos.kinit.cmd": _CODE,
    "enable.ssl.certificate.verification": _PEER,
    "ssl.endpoint.identification.algorithm": _PEER,
    "enable.sasl.oauthbearer.unsecure.jwt": _PEER,
    "sasl.oauthbearer.config": _PEER,
    "enable.metrics.push": "nothing of the guard is sent to others unasked",
    "topic.blacklist": "what is read stands in the pipeline",
    "api.version.request": _VERSIONS,
    "broker.version.fallback": _VERSIONS,
    "log.queue": "the log of librdkafka goes through the guard's own",
    "msg_order_cmp": _CALLBACK,
    "interceptors": _CALLBACK,
    "opaque": _CALLBACK,
    "default_topic_conf": "it hides settings that are refused by name",
}

_OWN = {
    "bootstrap.servers": "kafka.bootstrap",
    "metadata.broker.list": "kafka.bootstrap",
    "security.protocol": "kafka.security",
    "ssl.ca.location": "kafka.tls.ca",
    "ssl.ca.pem": "kafka.tls.ca",
    "ssl_ca": "kafka.tls.ca",
    "ssl.certificate.location": "kafka.tls.certificate",
    "ssl.certificate.pem": "kafka.tls.certificate",
    "ssl_certificate": "kafka.tls.certificate",
    "ssl.key.location": "kafka.tls.key",
    "ssl.key.pem": "kafka.tls.key",
    "ssl_key": "kafka.tls.key",
    "ssl.key.password": "kafka.tls.key_password",
    "ssl.keystore.location": "kafka.tls.key",
    "ssl.keystore.password": "kafka.tls.key_password",
    "sasl.mechanism": "kafka.sasl.mechanism",
    "sasl.mechanisms": "kafka.sasl.mechanism",
    "sasl.username": "kafka.sasl.username",
    "sasl.password": "kafka.sasl.password",
    "sasl.oauthbearer.method": "kafka.sasl.mechanism",
    "sasl.oauthbearer.client.id": "kafka.sasl.client_id",
    "sasl.oauthbearer.client.secret": "kafka.sasl.client_secret",
    "sasl.oauthbearer.client.credentials.client.id": "kafka.sasl.client_id",
    "sasl.oauthbearer.client.credentials.client.secret": "kafka.sasl.client_secret",
    "sasl.oauthbearer.scope": "kafka.sasl.scope",
    "sasl.oauthbearer.extensions": "kafka.sasl.extensions",
    "sasl.oauthbearer.token.endpoint.url": "kafka.sasl.token_endpoint",
    "https.ca.location": "kafka.sasl.ca",
}


def refusal(name: str) -> str | None:
    """Why a setting of librdkafka is not passed through; None: it is."""
    if name in _OWN:
        return f"it has a setting of its own, `{_OWN[name]}`"
    if name.endswith("_cb"):
        return _CALLBACK
    if name.startswith("test."):
        return _TEST
    return _REASONS.get(name)
