"""The data plane: reads sources, judges, and forwards, seals and accounts in one Kafka transaction."""
