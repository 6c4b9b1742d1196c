from tray_agent.trace import log


def program_in_front() -> str:
    """The class of the active window as its window manager names it, like "Firefox"; never its title."""
    from Xlib import X, display
    from Xlib.error import XError

    try:
        screen = display.Display()
    except Exception as error:  # noqa: BLE001 (Xlib raises what the socket and the cookie give)
        log.info("the program in front is unknown: %s", error)
        return ""
    try:
        name = screen.intern_atom("_NET_ACTIVE_WINDOW")
        active = screen.screen().root.get_full_property(name, X.AnyPropertyType)
        if active is None or not active.value or not active.value[0]:
            return ""
        named = screen.create_resource_object("window", active.value[0]).get_wm_class()
        return str(named[1]) if named else ""
    except XError:  # the window has just gone
        return ""
    finally:
        screen.close()
