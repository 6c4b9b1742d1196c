"""format=flowed (RFC 3676): soft line breaks undone, quotes kept as `> ` lines."""


def unflow(text: str, *, deletes_space: bool) -> str:
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_signature = content == "-- "
        if depth == open_depth and not is_signature:
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth} {content}" if depth else content)
        is_soft = content.endswith(" ") and not is_signature
        open_depth = depth if is_soft else -1
        if is_soft and deletes_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
