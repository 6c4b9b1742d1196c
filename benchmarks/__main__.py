import sys
from importlib import import_module

NAMES = {
    "agent-api": "agent_api",
    "ticket-list": "ticket_list",
    "rest": "rest",
    "agent": "agent",
    "mail-intake": "mail_intake",
    "pages-1m": "pages_1m",
    "live-agents": "live_agents",
}


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in {*NAMES, "all"}:
        print(f"Say which: {', '.join([*NAMES, 'all'])}", file=sys.stderr)
        return 2
    for name in NAMES if wanted == "all" else [wanted]:
        import_module(f"benchmarks.{NAMES[name]}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
