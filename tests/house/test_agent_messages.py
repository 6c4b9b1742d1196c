"""The agent's catalogues: complete and compiled."""

from importlib.machinery import SourceFileLoader
from types import ModuleType

from tests.hosts.process import PROJECT


def test_every_sentence_is_translated_and_compiled() -> None:
    loader = SourceFileLoader("agent_messages", str(PROJECT / "scripts" / "agent-messages"))
    script = ModuleType("agent_messages")
    script.__file__ = loader.path
    loader.exec_module(script)
    assert script.problems() == [], "run scripts/agent-messages"
    assert len(list(script.sentences())) > 150
