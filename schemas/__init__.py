"""The published language of Pratique: vocabulary, policies, pipelines, topics and events. Imports nothing of `stream`."""
