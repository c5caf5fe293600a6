"""What a record costs: in the core, stage by stage, and through the whole guard beside a plain relay. Called by `pratique bench`."""
