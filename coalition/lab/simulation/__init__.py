"""Many runs of a scheme: crowds that grow, and chance."""
