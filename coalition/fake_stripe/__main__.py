"""`python -m coalition.fake_stripe --port 12111`: the fake for people."""

from typing import Annotated

import typer

from coalition.fake_stripe.limits import SANDBOX
from coalition.fake_stripe.server import FakeStripe


def main(
    port: Annotated[int, typer.Option(help="The port to listen on, on this machine only.")] = 12111,
    seed: Annotated[str, typer.Option(help="The same seed and requests give the same ids.")] = "stripe",
) -> None:
    """Run the fake Stripe server until interrupted."""
    try:
        fake = FakeStripe(port, seed=seed, limits=SANDBOX)
    except OSError as error:
        typer.echo(f"Port {port} can't be used: {error}. Choose another one with --port.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f'Stripe sandbox at {fake.url}; use StripeClient("sk_test_x", base_addresses={{"api": "{fake.url}"}})')
    typer.echo(f"Controls under {fake.url}/_control/, for example POST /_control/clock with advance_seconds.")
    fake.serve()


if __name__ == "__main__":
    typer.run(main)
