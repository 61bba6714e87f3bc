"""What a practitioner would want to be told of a task: rules, each finding with its proof."""
