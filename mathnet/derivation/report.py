"""What the checker found: a report with a verdict on every line."""

from dataclasses import dataclass, field

from .declare import Names
from .dual import DIGITS


@dataclass
class Report:
    """What the checker found.

    Attributes
    ----------
    id : str
        The derivation.
    names : Names
        Its where part.
    chains : list of Chain
        Its chains, with the rows as written.
    errors : list of DerivationError
        What is wrong; at most one for each chain.
    comparisons : int
        How many pairs of numbers were compared.
    exact : bool
        Whether all of them were fractions, compared without tolerance.
    sizes : list of dict
        The sizes that were tried.
    draws : int
        How many sets of random numbers were tried.
    seconds : float
        The processor time that it took.
    """

    id: str
    source: str
    names: Names = field(default_factory=Names)
    chains: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    comparisons: int = 0
    exact: bool = True
    sizes: list = field(default_factory=list)
    draws: int = 0
    seconds: float = 0.0

    @property
    def ok(self):
        """Whether nothing is wrong."""
        return not self.errors

    @property
    def steps(self):
        """How many equalities were checked."""
        return sum(len(chain.sides) - 1 for chain in self.chains)

    def verdict(self):
        """Return the result in a few words."""
        if not self.ok:
            return str(self.errors[0])
        count = f"{self.steps} step{'s'[: self.steps != 1]}"
        return f"{count} · {'exact' if self.exact else f'{DIGITS} digits'}"
