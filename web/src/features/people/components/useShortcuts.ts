import { useEffect } from "react";

const TAKEN = "input, textarea, select, [contenteditable=true], [role=dialog]";

/** The letter of a key. With a Chinese input method on, only the place of the key tells it. */
function letterOf({ key, code }: KeyboardEvent): string {
  return (key.length === 1 ? key : code.replace(/^Key/, "")).toLowerCase();
}

/** Runs an action on a single letter, unless something that takes letters has the focus. */
export function useShortcuts(actions: Record<string, (() => void) | undefined>) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // A key held down must not decide one pair after the other.
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TAKEN)) return;
      const action = actions[letterOf(event)];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [actions]);
}
