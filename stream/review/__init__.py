"""What a reviewer's tool knows: held records, requests, answers, the chain of facts. Called by `cli`; writes to the release topic alone."""
